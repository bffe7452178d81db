// Matcher: the rules of one profile, compiled. Each expression requires some literals. A line goes
// through SkipScan, which looks for the one that decides most (the longest) of each; that ends the
// matter for most lines. Few candidates are tried at once, each around its literal; before many
// are, LiteralScan looks for all their literals, so that a set of rules that begin alike costs no
// more than others. Expressions see bytes (Latin-1), run in linear time and in bounded memory.
//
// Owned by the LogEngine, one thread (it reuses scratch space). A line that matches nothing costs
// no allocation. It never folds: counts, windows and times of a rule are the judge's. RE2 and its
// prefilter: re2/re2.h, re2/filtered_re2.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/profile.h"
#include "agent/core/result.h"

namespace vitals {

class Matcher {
 public:
  struct Hit {
    const Rule* rule = nullptr;
    std::vector<std::pair<std::string, std::string>> captures;  // those that took part, by name
  };

  // All rules or, with everything that is wrong in them, none. The profile is kept alive.
  static tl::expected<Matcher, Errors> Compile(std::shared_ptr<const Profile> profile);

  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;
  ~Matcher();

  // Every rule that matches, in the order of the profile; valid until the next call. Where a
  // capture is costs several times as much as that there is a match: who needs none says so.
  enum class Captures : bool { kNone, kNamed };
  const std::vector<Hit>& Match(std::string_view line, Captures captures = Captures::kNamed);
  // Does the line begin a boot?
  bool BeginsBoot(std::string_view line);

  // Rules whose expression is tried on every line because no literal is required.
  std::vector<std::string> rules_without_literal() const;
  const std::shared_ptr<const Profile>& profile() const;

 private:
  struct Parts;
  explicit Matcher(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// What is wrong with a profile's expressions: for `config check` and `rules check`.
Errors CheckExpressions(const Profile& profile);

}  // namespace vitals
