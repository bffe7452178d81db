#include "probes/log/matcher.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>

#include "probes/log/expression.h"
#include "probes/log/literal_scan.h"

namespace vitals {
namespace {

// Shorter literals occur in too many lines to be worth a look.
constexpr int kShortestLiteral = 3;
constexpr int kMostCaptures = 15;

std::optional<Error> WhatIsWrong(const Rule& rule) {
  const RE2 expression(rule.match, ExpressionOptions());
  if (!expression.ok()) {
    return Error{"rule '" + rule.id + "': " + expression.error(), rule.place,
                 "write an RE2 expression: no look-around, no back-references"};
  }
  if (expression.NumberOfCapturingGroups() > kMostCaptures) {
    return Error{"rule '" + rule.id + "': too many groups", rule.place,
                 "at most " + std::to_string(kMostCaptures) + "; use (?:...) to group only"};
  }
  if (rule.listener != ListenerLine::kNone && !expression.NamedCapturingGroups().contains("port")) {
    return Error{"rule '" + rule.id + "': a listener line needs its port", rule.place,
                 "capture it as (?P<port>[0-9]+), and the address as (?P<address>...)"};
  }
  return std::nullopt;
}

}  // namespace

struct Matcher::Parts {
  std::shared_ptr<const Profile> profile;
  re2::FilteredRE2 expressions{kShortestLiteral};
  std::vector<std::vector<std::pair<std::string, int>>> groups;  // named ones, for each rule
  std::optional<LiteralScan> literals;
  std::vector<int> always;  // rules without a literal
  // Scratch.
  std::vector<int> found;
  std::vector<int> candidates;
  std::vector<Hit> hits;

  void FindCandidates(std::string_view line) {
    found.clear();
    literals->Scan(line, found);
    if (found.empty()) {
      candidates.assign(always.begin(), always.end());
      return;
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    expressions.AllPotentials(found, &candidates);
  }
};

Errors CheckExpressions(const Profile& profile) {
  Errors errors;
  for (const Rule& rule : profile.rules) {
    if (auto error = WhatIsWrong(rule)) errors.push_back(std::move(*error));
  }
  for (const std::string& detect : profile.detect) {
    if (const RE2 expression(detect, ExpressionOptions()); !expression.ok()) {
      errors.push_back({"detect '" + detect + "': " + expression.error(), profile.place,
                        "write an RE2 expression: no look-around, no back-references"});
    }
  }
  return errors;
}

tl::expected<Matcher, Errors> Matcher::Compile(std::shared_ptr<const Profile> profile) {
  if (Errors errors = CheckExpressions(*profile); !errors.empty()) {
    return tl::unexpected<Errors>(std::move(errors));
  }
  auto parts = std::make_unique<Parts>();
  for (const Rule& rule : profile->rules) {
    int id = 0;
    parts->expressions.Add(rule.match, ExpressionOptions(), &id);
    const auto& named = parts->expressions.GetRE2(id).NamedCapturingGroups();
    parts->groups.emplace_back(named.begin(), named.end());
  }
  std::vector<std::string> literals;
  if (!profile->rules.empty()) {
    parts->expressions.Compile(&literals);
    parts->expressions.AllPotentials({}, &parts->always);
  }
  parts->literals.emplace(literals);
  parts->profile = std::move(profile);
  return Matcher(std::move(parts));
}

Matcher::Matcher(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

const std::vector<Matcher::Hit>& Matcher::Match(std::string_view line) {
  parts_->hits.clear();
  parts_->FindCandidates(line);
  for (const int id : parts_->candidates) {
    const RE2& expression = parts_->expressions.GetRE2(id);
    std::array<re2::StringPiece, kMostCaptures + 1> groups;
    if (!expression.Match({line.data(), line.size()}, 0, line.size(), RE2::UNANCHORED,
                          groups.data(), 1 + expression.NumberOfCapturingGroups())) {
      continue;
    }
    const auto index = static_cast<std::size_t>(id);
    Hit& hit = parts_->hits.emplace_back();
    hit.rule = &parts_->profile->rules[index];
    for (const auto& [name, group] : parts_->groups[index]) {
      const re2::StringPiece& text = groups[static_cast<std::size_t>(group)];
      if (text.data() != nullptr) hit.captures.emplace_back(name, std::string(text));
    }
  }
  return parts_->hits;
}

bool Matcher::BeginsBoot(std::string_view line) {
  return std::ranges::any_of(
      Match(line), [](const Hit& hit) { return hit.rule->life_cycle == LifeCycle::kBooting; });
}

std::vector<std::string> Matcher::rules_without_literal() const {
  std::vector<std::string> ids;
  for (const int id : parts_->always) {
    ids.push_back(parts_->profile->rules[static_cast<std::size_t>(id)].id);
  }
  return ids;
}

const std::shared_ptr<const Profile>& Matcher::profile() const { return parts_->profile; }

}  // namespace vitals
