#include "probes/log/rule_expression.h"

#include <algorithm>
#include <array>

#include "probes/log/around_literal.h"
#include "probes/log/ascii.h"
#include "probes/log/deciding_literals.h"
#include "probes/log/expression.h"

namespace vitals {

const RE2& ExpressionPool::Get(const std::string& expression) {
  std::unique_ptr<RE2>& made = pool_[expression];
  if (!made) made = std::make_unique<RE2>(expression, ExpressionOptions());
  return *made;
}

RuleExpression::Part::Part(const RE2& from) : expression(&from) {
  for (const auto& group : from.NamedCapturingGroups()) {
    groups.push_back(group);
    groups_end = std::max(groups_end, group.second + 1);
  }
}

RuleExpression::RuleExpression(const RE2& whole, ExpressionPool& pool)
    : literals_(DecidingLiterals(whole.pattern())), whole_(whole) {
  const auto cut = CutAtLiteral(whole.pattern());
  // The search is the faster, the longer the literals are.
  if (!cut || literals_.empty() ||
      cut->literal.size() < std::ranges::min(literals_, {}, &std::string::size).size()) {
    return;
  }
  literal_ = cut->literal;
  literals_ = {literal_};
  for (char& c : literals_.front()) c = static_cast<char>(Lower(c));
  at_start_ = cut->head == "^";
  if (!at_start_ && !cut->head.empty()) head_ = Part(pool.Get(cut->head));
  if (!cut->rest.empty()) rest_ = Part(pool.Get(cut->rest));
}

bool RuleExpression::Part::Match(std::string_view line, std::size_t from, RE2::Anchor anchor,
                                 Captures* captures) const {
  if (expression == nullptr) return true;
  std::array<re2::StringPiece, kMostCaptures + 1> texts;
  const int wanted = captures != nullptr ? groups_end : 0;
  if (!expression->Match({line.data(), line.size()}, from, line.size(), anchor, texts.data(),
                         wanted)) {
    return false;
  }
  if (wanted == 0) return true;
  for (const auto& [name, group] : groups) {
    const re2::StringPiece& text = texts[static_cast<std::size_t>(group)];
    if (text.data() != nullptr) captures->emplace_back(name, std::string(text));
  }
  return true;
}

bool RuleExpression::Match(std::string_view line, std::size_t at, Captures* captures) const {
  const bool captures_in_head = captures != nullptr && head_.groups_end > 0;
  if (literal_.empty() || at == kAnywhere || captures_in_head) {
    return whole_.Match(line, 0, RE2::UNANCHORED, captures);
  }
  if (line.compare(at, literal_.size(), literal_) != 0 || (at_start_ && at > 0)) return false;
  if (head_.expression != nullptr &&
      !head_.expression->Match({line.data(), line.size()}, 0, at, RE2::ANCHOR_BOTH, nullptr, 0)) {
    return false;
  }
  return rest_.Match(line, at + literal_.size(), RE2::ANCHOR_START, captures);
}

}  // namespace vitals
