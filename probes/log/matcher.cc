#include "probes/log/matcher.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "probes/log/entry_context.h"
#include "probes/log/expression.h"
#include "probes/log/literal_scan.h"
#include "probes/log/rule_expression.h"
#include "probes/log/skip_scan.h"

namespace vitals {
namespace {

// More candidates than these are worth a look for all the literals that they require.
constexpr std::size_t kFewCandidates = 4;

std::optional<Error> WhatIsWrong(const Rule& rule) {
  const RE2 expression(rule.match, ExpressionOptions());
  if (!expression.ok()) {
    return Error{"rule '" + rule.id + "': " + expression.error(), rule.place,
                 "write an RE2 expression: no look-around, no back-references"};
  }
  if (expression.NumberOfCapturingGroups() > RuleExpression::kMostCaptures) {
    return Error{
        "rule '" + rule.id + "': too many groups", rule.place,
        "at most " + std::to_string(RuleExpression::kMostCaptures) + "; use (?:...) to group only"};
  }
  if (rule.listener != ListenerLine::kNone && !expression.NamedCapturingGroups().contains("port")) {
    return Error{"rule '" + rule.id + "': a listener line needs its port", rule.place,
                 "capture it as (?P<port>[0-9]+), and the address as (?P<address>...)"};
  }
  if (!rule.metric.empty() && !expression.NamedCapturingGroups().contains(rule.metric)) {
    return Error{"rule '" + rule.id + "': metric is no capture of match", rule.place,
                 "capture the number as (?P<" + rule.metric + ">[0-9.]+)"};
  }
  return std::nullopt;
}

}  // namespace

struct Matcher::Parts {
  struct Candidate {
    int rule;
    std::size_t at;  // where its literal is, or RuleExpression::kAnywhere
  };

  std::shared_ptr<const Profile> profile;
  re2::FilteredRE2 expressions{SkipScan::kShortest};
  ExpressionPool pool;
  std::vector<RuleExpression> rules;  // as in the profile
  std::vector<int> always;            // rules without a literal
  std::optional<SkipScan> deciding;   // first test: the rules that one of these literals stands for
  std::vector<int> rule_of;           // for each deciding literal
  std::optional<LiteralScan> all;     // second test, where the first leaves many: all literals
  // Scratch.
  std::vector<int> found;
  std::vector<int> potentials;
  std::vector<Candidate> candidates;
  std::vector<Hit> hits;

  void FindCandidates(std::string_view line) {
    candidates.clear();
    deciding->Scan(line, [this](std::size_t literal, std::size_t at) {
      const int rule = rule_of[literal];
      const auto known = std::ranges::find(candidates, rule, &Candidate::rule);
      if (known != candidates.end()) {
        known->at = RuleExpression::kAnywhere;  // there are two of them
      } else {
        candidates.push_back({rule, at});
      }
      return candidates.size() <= kFewCandidates;
    });
    if (candidates.size() > kFewCandidates) {
      SieveAll(line);
    } else if (!candidates.empty() || !always.empty()) {
      for (const int rule : always) candidates.push_back({rule, RuleExpression::kAnywhere});
      std::ranges::sort(candidates, {}, &Candidate::rule);
    }
  }

  void SieveAll(std::string_view line) {
    found.clear();
    all->Scan(line, found);
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    expressions.AllPotentials(found, &potentials);
    candidates.clear();
    for (const int rule : potentials) candidates.push_back({rule, RuleExpression::kAnywhere});
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
  if (const std::string wrong = WhatIsWrongWithContinues(profile.continues); !wrong.empty()) {
    errors.push_back(
        {"continues '" + profile.continues + "': " + wrong, profile.place,
         "write an RE2 expression without groups but (?P<text>...) and (?P<same>...)"});
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
  }
  std::vector<std::string> all;
  if (!profile->rules.empty()) parts->expressions.Compile(&all);
  parts->all.emplace(all);
  std::vector<std::string> deciding;
  for (int id = 0; id < static_cast<int>(profile->rules.size()); ++id) {
    const RuleExpression& rule =
        parts->rules.emplace_back(parts->expressions.GetRE2(id), parts->pool);
    if (rule.literals().empty()) parts->always.push_back(id);
    deciding.insert(deciding.end(), rule.literals().begin(), rule.literals().end());
    parts->rule_of.resize(deciding.size(), id);
  }
  parts->deciding.emplace(std::move(deciding));
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
  for (const auto& [rule, at] : parts_->candidates) {
    const auto index = static_cast<std::size_t>(rule);
    Hit hit;
    if (!parts_->rules[index].Match(line, at,
                                    captures == Captures::kNamed ? &hit.captures : nullptr)) {
      continue;
    }
    hit.rule = &parts_->profile->rules[index];
    parts_->hits.push_back(std::move(hit));
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
