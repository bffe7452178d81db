#include "probes/log/detect.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "probes/log/expression.h"
#include "probes/log/line_decoder.h"
#include "probes/log/line_splitter.h"

namespace vitals {

struct Detector::Candidate {
  std::shared_ptr<const Profile> profile;
  std::vector<std::unique_ptr<RE2>> expressions;

  bool Matches(std::string_view line) const {
    return std::ranges::any_of(expressions, [&](const auto& expression) {
      return RE2::PartialMatch({line.data(), line.size()}, *expression);
    });
  }
};

Detector::Detector(std::vector<std::shared_ptr<const Profile>> candidates) {
  for (auto& profile : candidates) {
    Candidate& candidate = candidates_.emplace_back();
    for (const std::string& detect : profile->detect) {
      auto expression = std::make_unique<RE2>(detect, ExpressionOptions());
      if (expression->ok()) candidate.expressions.push_back(std::move(expression));
    }
    candidate.profile = std::move(profile);
  }
}

Detector::Detector(Detector&&) noexcept = default;
Detector::~Detector() = default;

std::optional<ProfileChosen> Detector::Choose(std::string_view text) const {
  std::vector<std::size_t> matched(candidates_.size(), 0);
  std::size_t lines = 0;
  LineDecoder decoder;
  const auto look = [&](std::string_view line) {
    if (line.empty()) return;
    ++lines;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (candidates_[i].Matches(line)) ++matched[i];
    }
  };
  LineSplitter().Feed(text, [&](std::string_view line) { decoder.Decode(line, look); });
  const auto best = std::ranges::max_element(matched);
  if (best == matched.end() || *best == 0 || std::ranges::count(matched, *best) > 1) {
    return std::nullopt;
  }
  return ProfileChosen{candidates_[static_cast<std::size_t>(best - matched.begin())].profile,
                       static_cast<double>(*best) / static_cast<double>(lines)};
}

}  // namespace vitals
