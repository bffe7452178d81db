// A log like that of a busy broker, and a hundred rules as a profile, as one expression for grep
// and as a program for mtail. Seeded: the same bytes on every machine.
//
// Used by log_bench, one thread. Writes the files it is told to, nothing else.
#pragma once

#include <cstdint>
#include <string>

namespace vitals::bench {

inline constexpr int kRules = 100;

// Rules that are anchored at the fixed prefix of the line, as the shipped ones are.
std::string PlainProfile();
std::string GrepExpression();  // POSIX extended
std::string MtailProgram();

// Rules with gaps, unanchored, whose words occur in nearly every line, and the lines for them.
std::string GapProfile();

struct Written {
  std::uint64_t lines = 0;
  std::uint64_t matching = 0;
};
// Lines of 109 bytes in the mean; `percent` of them match a rule.
Written WritePlainLog(const std::string& path, std::uint64_t bytes, unsigned percent);
// Lines of about 100 bytes of which none matches.
Written WriteGapLog(const std::string& path, std::uint64_t bytes);

}  // namespace vitals::bench
