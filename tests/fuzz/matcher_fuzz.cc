// The shipped profiles' rules and detection on any line, JSON lines of brokers among them: a line
// is text, whatever it holds. The same rules fire with the same captures as when RE2 tries each by
// itself.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/profile_file.h"
#include "probes/log/detect.h"
#include "probes/log/matcher.h"
#include "probes/profiles/profiles.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/alone.h"

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
      auto& rules = alone.emplace_back();
      for (const vitals::Rule& rule : (*profile)->rules) {
        rules.push_back(std::make_unique<RE2>(rule.match, RE2::Latin1));
      }
      profiles.push_back(std::move(*profile));
    }
    detector = std::make_unique<Detector>(std::move(profiles));
  }
  std::vector<Matcher> matchers;
  std::vector<std::vector<std::unique_ptr<RE2>>> alone;  // for each matcher, for each rule
  std::unique_ptr<Detector> detector;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Shipped shipped;
  const std::string line(reinterpret_cast<const char*>(data), size);
  for (std::size_t m = 0; m < shipped.matchers.size(); ++m) {
    Matcher& matcher = shipped.matchers[m];
    const auto& rules = matcher.profile()->rules;
    const auto hits = matcher.Match(line);
    auto hit = hits.begin();
    for (std::size_t r = 0; r < rules.size(); ++r) {
      const auto captures = vitals::Alone(*shipped.alone[m][r], line);
      if (!captures) continue;
      vitals::Require(hit != hits.end() && hit->rule == &rules[r] && hit->captures == *captures);
      ++hit;
    }
    vitals::Require(hit == hits.end());
    vitals::Require(matcher.Match(line, Matcher::Captures::kNone).size() == hits.size());
    matcher.BeginsBoot(line);
  }
  if (const auto chosen = shipped.detector->Choose(line)) {
    vitals::Require(chosen->confidence > 0 && chosen->confidence <= 1);
  }
  return 0;
}
