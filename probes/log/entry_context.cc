#include "probes/log/entry_context.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "probes/log/expression.h"

namespace vitals {
namespace {

constexpr std::size_t kMostHead = 128;
constexpr int kMostGroups = 2;

int GroupNumber(const RE2& expression, const std::string& name) {
  const auto& groups = expression.NamedCapturingGroups();
  const auto found = groups.find(name);
  return found == groups.end() ? 0 : found->second;
}

}  // namespace

EntryContext::EntryContext(const std::string& continues) {
  if (continues.empty() || !WhatIsWrongWithContinues(continues).empty()) return;
  continues_ = std::make_unique<const RE2>(continues, ExpressionOptions());
  text_group_ = GroupNumber(*continues_, "text");
  same_group_ = GroupNumber(*continues_, "same");
  head_.reserve(kMostHead);
  text_.reserve(kMostBytes + kMostLines);
}

EntryContext::~EntryContext() = default;

void EntryContext::Open(std::string_view head) {
  open_ = continues_ != nullptr;
  if (same_group_ > 0) head_ = head.substr(0, kMostHead);
  lines_left_ = kMostLines;
  bytes_left_ = kMostBytes;
  text_.clear();
}

std::optional<std::string_view> EntryContext::Add(std::string_view line) {
  if (!open_) return std::nullopt;
  std::array<re2::StringPiece, 1 + kMostGroups> groups;
  open_ = continues_->Match({line.data(), line.size()}, 0, line.size(), RE2::UNANCHORED,
                            groups.data(), 1 + std::max(text_group_, same_group_));
  const auto group = [&groups](int number) {
    const auto& found = groups[static_cast<std::size_t>(number)];
    return std::string_view(found.data(), found.size());
  };
  if (open_ && same_group_ > 0) open_ = head_.find(group(same_group_)) != std::string::npos;
  if (!open_) return std::nullopt;
  if (text_group_ > 0) line = group(text_group_);
  line = line.substr(0, bytes_left_);
  if (line.empty()) return line;  // says nothing, ends nothing
  if (!text_.empty()) text_ += '\n';
  text_ += line;
  bytes_left_ -= line.size();
  open_ = --lines_left_ > 0 && bytes_left_ > 0;
  return line;
}

std::string EntryContext::Take() {
  std::string taken = text_;
  text_.clear();  // keeps its capacity
  return taken;
}

std::string WhatIsWrongWithContinues(const std::string& continues) {
  const RE2 expression(continues, ExpressionOptions());
  if (!expression.ok()) return expression.error();
  for (const auto& [name, number] : expression.NamedCapturingGroups()) {
    if (name != "text" && name != "same") return "a group '" + name + "'";
  }
  const bool named = expression.NumberOfCapturingGroups() ==
                     static_cast<int>(expression.NamedCapturingGroups().size());
  return named ? "" : "a group without a name";
}

}  // namespace vitals
