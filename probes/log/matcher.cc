#include "probes/log/matcher.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "probes/log/expression.h"
#include "probes/log/literal_scan.h"
#include "probes/log/skip_scan.h"

namespace vitals {
namespace {

// Shorter literals occur in too many lines to be worth a look.
constexpr int kShortestLiteral = SkipScan::kShortest;
constexpr int kMostCaptures = 15;
// More candidates than these are worth a look for all the literals that they require.
constexpr std::size_t kFewCandidates = 4;
// Of more literals than these, the deciding ones are not worth the search.
constexpr std::size_t kMostToDecide = 64;

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

// As few literals as can be, and long ones, of which a line needs at least one for the expression
// to match; none if there are no such literals. RE2's prefilter only answers whether an expression
// can match given what is present, so every literal is tried for whether it may be present without
// that: those which may not are the ones that decide.
std::vector<std::string> DecidingLiterals(const std::string& expression) {
  re2::FilteredRE2 filter(kShortestLiteral);
  int id = 0;
  filter.Add(expression, ExpressionOptions(), &id);
  std::vector<std::string> literals;
  filter.Compile(&literals);
  const auto can_match = [&filter](std::vector<int> present) {
    std::ranges::sort(present);
    std::vector<int> potentials;
    filter.AllPotentials(present, &potentials);
    return !potentials.empty();
  };
  if (can_match({})) return {};
  if (literals.size() > kMostToDecide) return literals;
  std::vector<int> short_first(literals.size());
  std::iota(short_first.begin(), short_first.end(), 0);
  std::ranges::sort(short_first, {}, [&](int i) {
    return std::pair(literals[static_cast<std::size_t>(i)].size(), i);
  });
  std::vector<int> present;
  std::vector<std::string> deciding;
  for (const int i : short_first) {
    present.push_back(i);
    if (!can_match(present)) continue;
    present.pop_back();
    deciding.push_back(literals[static_cast<std::size_t>(i)]);
  }
  return deciding;
}

}  // namespace

struct Matcher::Parts {
  std::shared_ptr<const Profile> profile;
  re2::FilteredRE2 expressions{kShortestLiteral};
  struct Groups {
    std::vector<std::pair<std::string, int>> named;
    int end = 0;  // behind the last of them
  };
  std::vector<Groups> groups;        // for each rule
  std::vector<int> always;           // rules without a literal
  std::optional<SkipScan> deciding;  // first test: the rules that one of these literals stands for
  std::vector<int> rule_of;          // for each deciding literal
  std::optional<LiteralScan> all;    // second test, where the first leaves many: all literals
  // Scratch.
  std::vector<int> found;
  std::vector<int> candidates;
  std::vector<Hit> hits;

  void FindCandidates(std::string_view line) {
    candidates.clear();
    deciding->Scan(line, [this](std::size_t literal) {
      const int rule = rule_of[literal];
      if (std::ranges::find(candidates, rule) == candidates.end()) candidates.push_back(rule);
      return candidates.size() <= kFewCandidates;
    });
    if (candidates.size() > kFewCandidates) {
      found.clear();
      all->Scan(line, found);
      std::ranges::sort(found);
      found.erase(std::unique(found.begin(), found.end()), found.end());
      expressions.AllPotentials(found, &candidates);
    } else if (!candidates.empty() || !always.empty()) {
      candidates.insert(candidates.end(), always.begin(), always.end());
      std::ranges::sort(candidates);
    }
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
  std::vector<std::string> deciding;
  for (const Rule& rule : profile->rules) {
    int id = 0;
    parts->expressions.Add(rule.match, ExpressionOptions(), &id);
    Parts::Groups& groups = parts->groups.emplace_back();
    for (const auto& named : parts->expressions.GetRE2(id).NamedCapturingGroups()) {
      groups.named.push_back(named);
      groups.end = std::max(groups.end, named.second + 1);
    }
    const std::vector<std::string> literals = DecidingLiterals(rule.match);
    if (literals.empty()) parts->always.push_back(id);
    deciding.insert(deciding.end(), literals.begin(), literals.end());
    parts->rule_of.resize(deciding.size(), id);
  }
  std::vector<std::string> literals;
  if (!profile->rules.empty()) parts->expressions.Compile(&literals);
  parts->deciding.emplace(std::move(deciding));
  parts->all.emplace(literals);
  parts->profile = std::move(profile);
  return Matcher(std::move(parts));
}

Matcher::Matcher(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

const std::vector<Matcher::Hit>& Matcher::Match(std::string_view line, Captures captures) {
  parts_->hits.clear();
  parts_->FindCandidates(line);
  for (const int id : parts_->candidates) {
    const auto index = static_cast<std::size_t>(id);
    const Parts::Groups& groups = parts_->groups[index];
    std::array<re2::StringPiece, kMostCaptures + 1> texts;
    const int wanted = captures == Captures::kNamed ? groups.end : 0;
    if (!parts_->expressions.GetRE2(id).Match({line.data(), line.size()}, 0, line.size(),
                                              RE2::UNANCHORED, texts.data(), wanted)) {
      continue;
    }
    Hit& hit = parts_->hits.emplace_back();
    hit.rule = &parts_->profile->rules[index];
    if (wanted == 0) continue;
    for (const auto& [name, group] : groups.named) {
      const re2::StringPiece& text = texts[static_cast<std::size_t>(group)];
      if (text.data() != nullptr) hit.captures.emplace_back(name, std::string(text));
    }
  }
  return parts_->hits;
}

bool Matcher::BeginsBoot(std::string_view line) {
  return std::ranges::any_of(Match(line, Captures::kNone), [](const Hit& hit) {
    return hit.rule->life_cycle == LifeCycle::kBooting;
  });
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
