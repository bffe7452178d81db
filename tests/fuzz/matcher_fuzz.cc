// The shipped profiles' rules and detection on any line, JSON lines of brokers among them: a line
// is text, whatever it holds. The literal scan must never hide a rule from its line: the matcher
// agrees with itself on the same line again, and captures lie within the line.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/profile_file.h"
#include "probes/log/detect.h"
#include "probes/log/matcher.h"
#include "probes/profiles/profiles.h"
#include "tests/fuzz/fuzz.h"

using vitals::Detector;
using vitals::Matcher;

namespace {

struct Shipped {
  Shipped() {
    std::vector<std::shared_ptr<const vitals::Profile>> profiles;
    for (const vitals::ShippedProfile& shipped : vitals::ShippedProfiles()) {
      auto profile = vitals::ParseProfile(shipped.yaml, shipped.name);
      vitals::Require(profile.has_value());
      auto matcher = Matcher::Compile(*profile);
      vitals::Require(matcher.has_value());
      matchers.push_back(std::move(*matcher));
      profiles.push_back(std::move(*profile));
    }
    detector = std::make_unique<Detector>(std::move(profiles));
  }
  std::vector<Matcher> matchers;
  std::unique_ptr<Detector> detector;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Shipped shipped;
  const std::string line(reinterpret_cast<const char*>(data), size);
  for (Matcher& matcher : shipped.matchers) {
    const std::size_t hits = matcher.Match(line).size();
    for (const Matcher::Hit& hit : matcher.Match(line)) {
      vitals::Require(hit.rule != nullptr);
      for (const auto& [name, text] : hit.captures) {
        vitals::Require(!name.empty() && line.find(text) != std::string::npos);
      }
    }
    vitals::Require(matcher.Match(line).size() == hits);
    matcher.BeginsBoot(line);
  }
  if (const auto chosen = shipped.detector->Choose(line)) {
    vitals::Require(chosen->confidence > 0 && chosen->confidence <= 1);
  }
  return 0;
}
