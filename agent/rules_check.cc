#include "agent/rules_check.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <string_view>
#include <utility>

#include "agent/config/complaints.h"
#include "agent/config/profile_file.h"
#include "agent/config/text_file.h"
#include "agent/config/yaml_reader.h"
#include "probes/log/matcher.h"

namespace vitals {
namespace {

std::string Plural(std::size_t count, std::string_view word) {
  return std::to_string(count) + " " + std::string(word) + (count == 1 ? "" : "s");
}

bool Fires(Matcher& matcher, const Rule& rule, const std::string& line) {
  return std::ranges::any_of(matcher.Match(line),
                             [&](const Matcher::Hit& hit) { return hit.rule->id == rule.id; });
}

// Tries the samples of one rule, whatever the state of the others.
void TrySamples(const Rule& rule, Errors& errors) {
  auto alone = std::make_shared<Profile>();
  alone->rules = {rule};
  auto matcher = Matcher::Compile(alone);
  if (!matcher) return;  // told already
  for (const std::string& line : rule.samples.hit) {
    if (Fires(*matcher, rule, line)) continue;
    errors.push_back({"rule '" + rule.id + "' does not match its sample '" + line + "'", rule.place,
                      "correct 'match', or move the line to samples.miss"});
  }
  for (const std::string& line : rule.samples.miss) {
    if (!Fires(*matcher, rule, line)) continue;
    errors.push_back({"rule '" + rule.id + "' matches '" + line + "', which it must miss",
                      rule.place, "make 'match' narrower, or move the line to samples.hit"});
  }
}

int LineOf(const Error& error) {
  const std::size_t colon = error.place.rfind(':');
  return colon == std::string::npos ? 0 : std::atoi(error.place.c_str() + colon + 1);
}

void Advise(const Profile& profile, Matcher& matcher, std::ostream& err) {
  const std::vector<std::string> slow = matcher.rules_without_literal();
  for (const Rule& rule : profile.rules) {
    if (std::ranges::find(slow, rule.id) != slow.end()) {
      err << rule.place << ": warning: rule '" << rule.id
          << "' requires no fixed text of 3 or more bytes: it is tried on every line\n";
    }
    if (!rule.match.starts_with('^')) {
      err << rule.place << ": note: rule '" << rule.id
          << "' matches anywhere in a line, also in text that a client chose (begin with '^')\n";
    }
    if (rule.samples.hit.empty()) {
      err << rule.place << ": note: rule '" << rule.id << "' has no sample that must hit\n";
    }
  }
}

}  // namespace

int RunRulesCheck(const std::string& file, std::ostream& out, std::ostream& err) {
  Errors errors;
  std::shared_ptr<const Profile> profile;
  if (const auto yaml = ReadTextFile(file, kMaxYamlBytes)) {
    ProfileDraft draft = ReadProfile(*yaml, file);
    profile = std::move(draft.profile);
    errors = std::move(draft.errors);
  } else {
    errors.push_back(yaml.error());
  }
  std::size_t samples = 0;
  if (profile) {
    const Errors wrong = CheckExpressions(*profile);
    errors.insert(errors.end(), wrong.begin(), wrong.end());
    for (const Rule& rule : profile->rules) {
      samples += rule.samples.hit.size() + rule.samples.miss.size();
      if (!rule.match.empty()) TrySamples(rule, errors);
    }
  }
  if (!errors.empty()) {
    Complaints in_order;
    for (Error& error : errors) {
      const Place place(file, LineOf(error));
      in_order.Add(place, std::move(error));
    }
    for (const Error& error : in_order.Take()) err << error.ToString() << '\n';
    return 2;
  }
  auto matcher = Matcher::Compile(profile);
  if (matcher) Advise(*profile, *matcher, err);
  out << Plural(profile->rules.size(), "rule") << ", " << Plural(samples, "sample") << " good\n";
  return 0;
}

}  // namespace vitals
