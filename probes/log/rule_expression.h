// RuleExpression: the expression of one rule, tried on a line in the cheapest way that gives the
// same answer as RE2 does: cut at its literal (probes/log/around_literal.h) where it is known where
// in the line that is, and as a whole where it is not.
//
// Owned by the Matcher, one thread; it refers to expressions that the Matcher keeps. Private to
// probes/log. It finds no literal itself.
#pragma once

#include <re2/re2.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitals {

// Expressions that several rules share.
class ExpressionPool {
 public:
  const RE2& Get(const std::string& expression);

 private:
  std::map<std::string, std::unique_ptr<RE2>> pool_;
};

class RuleExpression {
 public:
  static constexpr int kMostCaptures = 15;
  static constexpr std::size_t kAnywhere = std::string_view::npos;
  using Captures = std::vector<std::pair<std::string, std::string>>;  // by name

  RuleExpression(const RE2& whole, ExpressionPool& pool);

  // What a line must contain one of, in lower case; none = nothing.
  const std::vector<std::string>& literals() const { return literals_; }

  // Does the line match? `at`: where the only one of the literals that is in the line begins, in
  // whatever case, or kAnywhere. `captures`, if given, takes those that took part.
  bool Match(std::string_view line, std::size_t at, Captures* captures) const;

 private:
  struct Part {
    Part() = default;
    explicit Part(const RE2& from);
    bool Match(std::string_view line, std::size_t from, RE2::Anchor anchor,
               Captures* captures) const;

    const RE2* expression = nullptr;  // null: empty, matches everywhere
    std::vector<std::pair<std::string, int>> groups;
    int groups_end = 0;  // behind the last of the named ones
  };

  std::vector<std::string> literals_;
  Part whole_;
  std::string literal_;    // empty: not cut
  bool at_start_ = false;  // the head is the start of the line, nothing more
  Part head_;
  Part rest_;
};

}  // namespace vitals
