#include "agent/left_out.h"

#include <algorithm>

namespace vitals {
namespace {

constexpr const char* kWhy = "left out for 10 minutes: the agent crashed in it three times";

}  // namespace

LeftOut::LeftOut(const Page& page, Time now) {
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    const Time until(Duration(page.left_out[i].load(std::memory_order_relaxed)));
    if (until > now) until_[i] = until;
  }
}

std::optional<Time> LeftOut::NextReturn() const {
  std::optional<Time> next;
  for (const auto& until : until_) {
    if (until) next = std::min(next.value_or(*until), *until);
  }
  return next;
}

bool LeftOut::Advance(Time now) {
  bool any = false;
  for (auto& until : until_) {
    if (!until || *until > now) continue;
    until.reset();
    any = true;
  }
  return any;
}

void LeftOut::Excuse(const Settings& settings, EvidenceSink& sink, Time now) const {
  if (Has(Source::kLog)) {
    LogProgress progress;
    progress.trouble = std::string("the log is ") + kWhy;
    sink.Put({now, progress});
  }
  const Failure failure = MakeFailure(Stage::kTcp, FailReason::kAgentInternal, kWhy);
  for (std::size_t i = 0; i < settings.endpoints.size(); ++i) {
    const auto endpoint = static_cast<EndpointId>(i);
    if (Has(Source::kListener)) {
      ConnectEvidence connect;
      connect.endpoint = endpoint;
      connect.failure = failure;
      sink.Put({now, connect});
    }
    if (Has(Source::kRoundTrip) && settings.endpoints[i].round_trip) {
      RoundTripEvidence round;
      round.endpoint = endpoint;
      round.failure = failure;
      sink.Put({now, round});
    }
  }
}

}  // namespace vitals
