// CutAtLiteral: an RE2 expression as a head, a literal and a rest. Where the literal was found in a
// line, nothing need be searched: the head must match what is before it, the rest what comes after.
// Rules of one broker share their heads (the stamp), so that few automata are at work and stay in
// the cache, and most rests are short.
//
// A pure function, any thread. It reads as much of the syntax (re2/re2.h, "RE2 syntax") as it takes
// to find the items of the outermost concatenation, and cuts nothing where it is not sure: at an
// alternation, at flags, at escapes that take more than one character.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vitals {

struct AroundLiteral {
  std::string head;     // empty = the expression begins with the literal, anywhere in the line
  std::string literal;  // the longest there is, case and all
  std::string rest;
};

// Of an expression that RE2 takes. Nothing if no literal stands for itself in it, or if a head
// would have to be searched for because it is not anchored at the start of the line.
std::optional<AroundLiteral> CutAtLiteral(std::string_view expression);

}  // namespace vitals
