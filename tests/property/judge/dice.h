// Dice: the random choices of a property test, all from one seed. One thread.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>

#include "agent/core/settings.h"

namespace vitals {

// How many runs: MQTT_VITALS_SEEDS, or what the test does by itself.
inline int Seeds(int usual) {
  const char* text = std::getenv("MQTT_VITALS_SEEDS");
  return text != nullptr ? std::atoi(text) : usual;
}

class Dice {
 public:
  explicit Dice(unsigned seed) : random_{seed} {}

  int Upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool OneIn(int sides) { return Upto(sides - 1) == 0; }
  Duration Between(Duration least, Duration most) {
    return least + Upto(static_cast<int>((most - least) / 100ms)) * 100ms;
  }
  template <typename T, std::size_t N>
  const T& Of(const T (&choices)[N]) {
    return choices[Upto(static_cast<int>(N) - 1)];
  }

 private:
  // SplitMix64 (Steele, Lea, Flood 2014): neighbouring seeds have nothing in common, and a new one
  // costs nothing.
  struct Bits {
    using result_type = std::uint64_t;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
    result_type operator()() {
      std::uint64_t z = state += 0x9e3779b97f4a7c15;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      return z ^ (z >> 31);
    }
    std::uint64_t state;
  };
  Bits random_;
};

}  // namespace vitals
