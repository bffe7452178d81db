// RateLimit: at most kPerSecond lines a second for each key; what is left out is counted and told
// with the next line of that key, or by TakeLeftOut once the key has become quiet.
//
// Owned by TransitionLog; one thread. Keys come from closed lists (rules, conditions), so their
// number is bounded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/time.h"

namespace vitals {

class RateLimit {
 public:
  static constexpr int kPerSecond = 5;

  // True = write the line; `left_out` is what was not written since the last one.
  bool Allow(std::string_view key, Time now, std::uint64_t* left_out);
  // Keys with lines left out and none in this second.
  std::vector<std::pair<std::string, std::uint64_t>> TakeLeftOut(Time now);

 private:
  struct Window {
    Time start{};
    int lines = 0;
    std::uint64_t left_out = 0;
  };
  std::map<std::string, Window, std::less<>> windows_;
};

}  // namespace vitals
