// A user's own profile: any text is either read or refused with at least one mistake that says
// where, and what was read has rules that compile or are refused in turn.
#include <string>
#include <string_view>

#include "agent/config/profile_file.h"
#include "probes/log/matcher.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto profile = vitals::ParseProfile(text, "fuzz.yaml");
  if (!profile) {
    vitals::Require(!profile.error().empty());
    for (const vitals::Error& error : profile.error()) {
      vitals::Require(!error.message.empty() && error.place.starts_with("fuzz.yaml"));
    }
    return 0;
  }
  auto matcher = vitals::Matcher::Compile(*profile);
  if (!matcher) {
    vitals::Require(!matcher.error().empty());
    return 0;
  }
  for (const vitals::Rule& rule : (*profile)->rules) {
    for (const std::string& line : rule.samples.hit) matcher->Match(line);
  }
  return 0;
}
