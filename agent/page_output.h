// PageOutput: the worker's end of the page. It puts each snapshot's verdicts there for the gate, a
// heartbeat with each tick of the judge, and what the next worker needs to go on where this one is.
//
// Owned by the app; called on the pump's thread, but for Left, which comes before the pump starts.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "agent/core/snapshot.h"
#include "agent/gate/page.h"

namespace vitals {

class PageOutput {
 public:
  using Save = std::function<std::string()>;

  // `save`: what the next worker needs, as of now. Called once a second, and before a verdict that
  // has changed is shown: no successor may know less than the kubelet.
  PageOutput(Page& page, Time began, Save save);

  // What the last worker left for this one; empty if there was none.
  std::string Left() const;

  void Beat(Time now);
  // What the next worker needs, at once.
  void Keep(Time now);
  void Publish(const Snapshot& snapshot);

 private:
  bool Settled(const Snapshot& snapshot) const;

  Page& page_;
  const Time began_;
  const Save save_;
  VerdictStamp stamp_;
  std::array<bool, 3> verdicts_{};  // as last published
  Time saved_at_{};
};

}  // namespace vitals
