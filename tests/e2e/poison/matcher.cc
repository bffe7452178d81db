// The fault that is planted in mqtt-vitals-poisoned, the test's own build of the program: a log
// line with a certain word crashes whoever matches it. The linker puts this function in front of
// the real one (ld --wrap), so the program that ships knows nothing of it.
#include "probes/log/matcher.h"

#include <string_view>

#define MATCH "_ZN6vitals7Matcher5MatchESt17basic_string_viewIcSt11char_traitsIcEENS0_8CapturesE"

namespace vitals {

using Hits = std::vector<Matcher::Hit>;

// A member function takes its object as a first argument.
const Hits& RealMatch(Matcher* matcher, std::string_view line,
                      Matcher::Captures captures) asm("__real_" MATCH);
const Hits& PoisonedMatch(Matcher* matcher, std::string_view line,
                          Matcher::Captures captures) asm("__wrap_" MATCH);

const Hits& PoisonedMatch(Matcher* matcher, std::string_view line, Matcher::Captures captures) {
  if (line.find("poisonous") != std::string_view::npos) __builtin_trap();
  return RealMatch(matcher, line, captures);
}

}  // namespace vitals
