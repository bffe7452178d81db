// EntryContext: what follows the head of an entry of the log and belongs to it, such as the stack
// trace below an error. Only lines behind a head that fired a rule are kept, at most kMostLines of
// them and kMostBytes; what an expression of the profile (Profile::continues) does not call a
// continuation ends the entry.
//
// Owned by who reads lines (the LogEngine, `rules test`); one thread. Never looks at a line while
// no entry is open, and allocates nothing until Take.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace vitals {

class EntryContext {
 public:
  static constexpr std::size_t kMostLines = 8;
  static constexpr std::size_t kMostBytes = 1024;

  // Empty, or no expression that compiles: no line goes on with another.
  explicit EntryContext(const std::string& continues);
  ~EntryContext();

  // A line has fired a rule: what comes next may belong to it.
  void Open(std::string_view head);
  // Whatever comes next does not.
  void Close() { open_ = false; }
  bool open() const { return open_; }

  // A line that fired no rule. Returns what was kept of it; nothing where it ends the entry.
  std::optional<std::string_view> Add(std::string_view line);

  // What was added since the last Take, LF between the lines.
  std::string Take();

 private:
  std::unique_ptr<const re2::RE2> continues_;  // null: nothing does
  int text_group_ = 0;
  int same_group_ = 0;  // 0: there is none
  std::string head_;    // its start, where there is a group `same`
  bool open_ = false;
  std::size_t lines_left_ = 0;
  std::size_t bytes_left_ = 0;
  std::string text_;
};

// What is wrong with the expression, for the one who wrote it; empty = nothing.
std::string WhatIsWrongWithContinues(const std::string& continues);

}  // namespace vitals
