#include "probes/log/literal_scan.h"

#include <deque>

#include "probes/log/ascii.h"

namespace vitals {

LiteralScan::LiteralScan(const std::vector<std::string>& literals) {
  for (const std::string& literal : literals) {
    for (const char c : literal) {
      if (std::uint8_t& of = class_of_[Lower(c)]; of == 0) {
        of = static_cast<std::uint8_t>(classes_++);
      }
    }
  }
  for (unsigned char upper = 'A'; upper <= 'Z'; ++upper) {
    class_of_[upper] = class_of_[Lower(static_cast<char>(upper))];
  }

  // A trie of the literals; 0 is its root and stands for "no edge" too.
  const auto add_state = [this] {
    next_.resize(next_.size() + classes_, 0);
    ending_.emplace_back();
    return static_cast<State>(ending_.size() - 1);
  };
  add_state();
  for (std::size_t i = 0; i < literals.size(); ++i) {
    State state = 0;
    for (const char c : literals[i]) {
      const std::size_t edge = state * classes_ + class_of_[Lower(c)];
      if (next_[edge] == 0) {
        const State made = add_state();
        next_[edge] = made;
      }
      state = next_[edge];
    }
    if (state != 0) ending_[state].push_back(static_cast<int>(i));
  }

  // Breadth first: a missing edge is that of the longest proper suffix that is in the trie.
  std::vector<State> suffix(ending_.size(), 0);
  std::deque<State> queue = {0};
  while (!queue.empty()) {
    const State state = queue.front();
    queue.pop_front();
    const std::vector<int>& shorter = ending_[suffix[state]];
    if (state != 0) ending_[state].insert(ending_[state].end(), shorter.begin(), shorter.end());
    for (std::uint32_t c = 0; c < classes_; ++c) {
      State& to = next_[state * classes_ + c];
      const State fallback = state == 0 ? 0 : next_[suffix[state] * classes_ + c];
      if (to == 0) {
        to = fallback;
      } else {
        suffix[to] = fallback;
        queue.push_back(to);
      }
    }
  }
  for (State& to : next_) to = to * classes_ | (ending_[to].empty() ? 0 : kEnds);
}

void LiteralScan::Scan(std::string_view line, std::vector<int>& found) const {
  State row = 0;
  for (const char c : line) {
    row = next_[row + class_of_[static_cast<unsigned char>(c)]];
    if ((row & kEnds) != 0) [[unlikely]] {
      row &= ~kEnds;
      const std::vector<int>& ending = ending_[row / classes_];
      found.insert(found.end(), ending.begin(), ending.end());
    }
  }
}

}  // namespace vitals
