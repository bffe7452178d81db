// Bulletin: which verdicts stand now. As a rule those on the page; while there is no worker whose
// word counts, what stands in for them:
//   startup    the last one; if there was none: fails, and passes once `boot_max` is over
//   readiness  the last one for `hold`, then it fails
//   liveness   passes: a fault of the agent must never restart a broker
//
// Owned by the gate, one thread, no allocation after the constructor. It changes nothing on the
// page. A worker that has just started counts once its verdicts are settled: until then it knows
// less than its predecessor did.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "agent/gate/answer.h"
#include "agent/gate/page.h"
#include "agent/gate/verdict_code.h"

namespace vitals {

class Bulletin {
 public:
  // The page must outlive it.
  Bulletin(const Page& page, Time began);

  // Takes in what is new. `beating`: the worker of the page's generation runs and is not hung.
  void Update(bool beating, Time now);

  // Valid until the next call.
  Standing Now(Time now);

 private:
  struct Edition {
    std::array<char, kVerdictCodeMax> bytes;
    VerdictViews views;
  };

  void TakeNew();

  const Page& page_;
  const Time began_;
  std::uint64_t seen_version_ = 0;
  std::unique_ptr<Edition> current_ = std::make_unique_for_overwrite<Edition>();
  std::unique_ptr<Edition> spare_ = std::make_unique_for_overwrite<Edition>();
  std::optional<std::uint32_t> heard_;  // the generation that `current_` is of
  std::optional<Time> away_since_;      // no worker's word has counted since
  VerdictView hold_over_;               // readiness when `hold` is over ...
  BoundedText<64> hold_over_text_;      // ... and what it says
};

}  // namespace vitals
