#include "agent/page_output.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace vitals {
namespace {

// Long enough for a first result of every probe, well within the gate's hold.
constexpr Duration kSettleMax = std::chrono::seconds(10);
constexpr Duration kSaveEvery = std::chrono::seconds(1);

bool HasResult(const ProbeState& probe) { return probe.last_failure || probe.last_success; }

}  // namespace

PageOutput::PageOutput(Page& page, Time began, Save save)
    : page_(page), began_(began), save_(std::move(save)) {
  stamp_.generation = page.generation.load(std::memory_order_relaxed);
}

std::string PageOutput::Left() const {
  const auto room = std::make_unique<std::array<char, kResumeMax>>();
  return std::string(page_.resume.Read(*room).value_or(""));
}

void PageOutput::Beat(Time now) {
  page_.heartbeat.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  if (now - saved_at_ >= kSaveEvery) Keep(now);
}

void PageOutput::Keep(Time now) {
  page_.resume.Write(save_());
  saved_at_ = now;
}

void PageOutput::Publish(const Snapshot& snapshot) {
  const std::array now{snapshot.startup.ok, snapshot.readiness.ok, snapshot.liveness.ok};
  if (now != verdicts_) page_.resume.Write(save_());
  verdicts_ = now;
  stamp_.settled = stamp_.settled || Settled(snapshot);
  page_.verdicts.Write(EncodeVerdicts(snapshot, stamp_));
}

bool PageOutput::Settled(const Snapshot& snapshot) const {
  return snapshot.readiness.ok || snapshot.at - began_ >= kSettleMax ||
         (std::all_of(snapshot.listeners.begin(), snapshot.listeners.end(), HasResult) &&
          std::all_of(snapshot.round_trips.begin(), snapshot.round_trips.end(), HasResult));
}

}  // namespace vitals
