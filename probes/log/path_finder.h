// PathFinder: which paths a set of globs names now, and what is wrong with them. Looks at most once
// a second.
//
// Owned by the Tailer; one thread. Opens nothing. Names that say "compressed" are left out of what
// a glob finds: a rotator's .gz is no log to follow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/time.h"

namespace vitals {

class PathFinder {
 public:
  static constexpr Duration kEvery = std::chrono::seconds(1);
  static constexpr Duration kGoneAfter = std::chrono::seconds(2);  // a rotation may take a moment
  static constexpr std::size_t kMostPaths = 1024;

  explicit PathFinder(std::vector<std::string> patterns);

  // True = it was time and found() is new.
  bool Look(Time now);

  // Patterns without wildcards are always among them, whether or not something is there.
  const std::vector<std::string>& found() const { return found_; }
  // A folder that can't be read, or a log that was there and has been gone for kGoneAfter.
  const std::string& trouble() const { return trouble_; }

 private:
  struct Pattern {
    std::string text;
    bool led = false;                   // to a file, ever
    std::optional<Time> missing_since;  // it leads nowhere now
  };

  bool Find(const Pattern& pattern);
  void Complain(std::string text);

  std::vector<Pattern> patterns_;
  std::optional<Time> looked_;
  std::vector<std::string> found_;
  std::string trouble_;
};

// "PATH: ERROR (what to do)" for a path that can't be reached.
std::string Unreachable(const std::string& path, int error);

}  // namespace vitals
