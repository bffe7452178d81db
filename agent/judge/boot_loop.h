// BootLoop: boots that follow each other without any reaction of the broker between them. Where
// something in the container starts the broker anew, the kubelet sees no end of anything: then it
// is for us to say that it does not get up.
//
// Owned by the Judge, its thread only.
#pragma once

#include <deque>
#include <optional>

#include "agent/core/process_look.h"
#include "agent/judge/saved.h"

namespace vitals {

class BootLoop {
 public:
  static constexpr Duration kSpan = std::chrono::hours(1);
  static constexpr std::size_t kBoots = 3;

  // A boot began; `reacted`: the one before it had come to life. `owner` may have started it.
  void Begin(Time began, bool reacted, const ProcessIdentity& owner);

  // Since when it goes on, from the third boot in an hour; only while `owner` is the same as then.
  std::optional<Time> Since(Time now, const ProcessIdentity& owner) const;
  std::size_t boots() const { return begun_.size(); }
  // The longest that a boot before the present one took: one that outlives all of them is on a new
  // way.
  Duration longest() const;

  Json Save(const Saving& saving) const;
  void Resume(const Json& saved, const Resuming& resuming);

 private:
  std::deque<Time> begun_;  // oldest first; the last is the present one
  ProcessIdentity owner_;
};

}  // namespace vitals
