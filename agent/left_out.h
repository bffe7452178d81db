// LeftOut: the sources that this worker has to do without, because its predecessors crashed in them
// again and again (the page says which, and until when). For each it says so in the source's own
// evidence, as a fault of the agent: so Observed is degraded, and the rest decides.
//
// Owned by the app, main thread only.
#pragma once

#include <array>
#include <optional>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "agent/gate/page.h"

namespace vitals {

class LeftOut {
 public:
  LeftOut(const Page& page, Time now);

  bool Has(Source source) const { return Until(source).has_value(); }
  // When the first of them may come back; none if nothing is left out.
  std::optional<Time> NextReturn() const;
  // Forgets those whose time has come; true if there was one.
  bool Advance(Time now);

  // What stands in for the evidence of those that are left out.
  void Excuse(const Settings& settings, EvidenceSink& sink, Time now) const;

 private:
  std::optional<Time> Until(Source source) const {
    return until_[static_cast<std::size_t>(source)];
  }

  std::array<std::optional<Time>, kSourceCount> until_;
};

}  // namespace vitals
