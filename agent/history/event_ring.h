// EventRing: the newest events, a fixed number of them. The same event again only counts the last
// one up; long texts are cut. Owned by History, under its lock.
#pragma once

#include <deque>

#include "agent/core/past.h"

namespace vitals {

class EventRing {
 public:
  static constexpr std::size_t kMaxText = 300;      // bytes of a message
  static constexpr std::size_t kMaxContext = 1100;  // ... of its context

  explicit EventRing(std::size_t places) : places_(places) {}

  void Add(PastEvent event);
  // More lines of the newest event, if `reason` is its own; what is too long is left out.
  void AddContext(const std::string& reason, const std::string& lines);
  const std::deque<PastEvent>& events() const { return events_; }  // newest first

 private:
  const std::size_t places_;
  std::deque<PastEvent> events_;
};

}  // namespace vitals
