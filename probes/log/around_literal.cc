#include "probes/log/around_literal.h"

#include <cctype>

namespace vitals {
namespace {

constexpr std::string_view kRepeats = "*+?";
constexpr std::string_view kShortEscapes = "dDsSwWbBAznrtfva";  // one letter, and complete

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Steps over the items of an expression. Each step returns false at what it is not sure about.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t at() const { return at_; }

  // Was the last item a byte that stands for itself, once? Which one?
  bool is_literal() const { return is_literal_; }
  char byte() const { return byte_; }

  // One item with what repeats it.
  bool Item() {
    is_literal_ = false;
    switch (const char c = text_[at_]) {
      case '|':
      case ')':
      case '{':
        return false;
      case '(':
        if (!Group()) return false;
        is_literal_ = false;
        break;
      case '[':
        if (!Class()) return false;
        break;
      case '\\':
        if (!Escape()) return false;
        break;
      default:
        ++at_;
        is_literal_ = std::string_view("^$.").find(c) == std::string_view::npos;
        byte_ = c;
    }
    return Repeats();
  }

 private:
  char Next(std::size_t offset = 0) const {
    return at_ + offset < text_.size() ? text_[at_ + offset] : '\0';
  }

  bool Escape() {
    if (at_ + 1 == text_.size()) return false;
    const char c = Next(1);
    is_literal_ = std::isalnum(static_cast<unsigned char>(c)) == 0;
    byte_ = c;
    at_ += 2;
    return is_literal_ || kShortEscapes.find(c) != std::string_view::npos;
  }

  bool Class() {
    at_ += Next(1) == '^' ? 2 : 1;
    for (bool first = true; first || Next() != ']'; first = false) {
      if (Next() == '[' && Next(1) == ':') {
        at_ = text_.find(":]", at_ + 2);
        if (at_ == std::string_view::npos) return false;
        ++at_;
      } else if (Next() == '\\') {
        ++at_;
      }
      if (++at_ >= text_.size()) return false;
    }
    ++at_;
    return true;
  }

  bool Open() {
    ++at_;
    if (Next() != '?') return true;
    if (Next(1) == ':') {
      at_ += 2;
      return true;
    }
    return Next(1) == 'P' && Next(2) == '<';  // the rest reads as text
  }

  bool Group() {
    if (!Open()) return false;
    for (int depth = 1; depth > 0;) {
      switch (Next()) {
        case '\0':
          return false;
        case '(':
          if (!Open()) return false;
          ++depth;
          break;
        case ')':
          ++at_;
          --depth;
          break;
        case '[':
          if (!Class()) return false;
          break;
        case '\\':
          if (!Escape()) return false;
          break;
        default:
          ++at_;
      }
    }
    return true;
  }

  bool Repeats() {
    for (; !at_end(); is_literal_ = false) {
      if (Next() == '{') {
        if (!Count()) return false;
      } else if (kRepeats.find(Next()) != std::string_view::npos) {
        ++at_;
      } else {
        break;
      }
    }
    return true;
  }

  // {2}, {2,} or {2,3}; any other brace may be text.
  bool Count() {
    const std::size_t end = text_.find_first_not_of("0123456789,", at_ + 1);
    if (!IsDigit(Next(1)) || end == std::string_view::npos || text_[end] != '}') return false;
    at_ = end + 1;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_literal_ = false;
  char byte_ = 0;
};

}  // namespace

std::optional<AroundLiteral> CutAtLiteral(std::string_view expression) {
  const bool anchored = expression.starts_with('^');
  AroundLiteral best;
  std::string run;
  std::size_t run_begin = 0;
  for (Reader reader(expression); !reader.at_end();) {
    const std::size_t begin = reader.at();
    if (!reader.Item()) return std::nullopt;
    if (!reader.is_literal()) {
      run.clear();
      continue;
    }
    if (run.empty()) run_begin = begin;
    run += reader.byte();
    if (run.size() > best.literal.size() && (anchored || run_begin == 0)) {
      best = {std::string(expression.substr(0, run_begin)), run,
              std::string(expression.substr(reader.at()))};
    }
  }
  if (best.literal.empty()) return std::nullopt;
  return best;
}

}  // namespace vitals
