#include "agent/gate/bulletin.h"

#include <cstdio>

namespace vitals {
namespace {

VerdictView StandIn(bool ok, Reason reason, std::string_view message,
                    std::initializer_list<std::string_view> checks = {}) {
  VerdictView verdict;
  verdict.ok = ok;
  verdict.reason = reason;
  verdict.message = message;
  for (const auto name : checks) {
    verdict.list[verdict.count++] = {name, ok, reason, message, Time{}};
  }
  return verdict;
}

const VerdictView kNothingYet = StandIn(false, Reason::kNoEvidence, "nothing has been seen yet");
const VerdictView kStartupPasses = StandIn(true, Reason::kAgentLate, {}, {"started"});
const VerdictView kLivenessPasses =
    StandIn(true, Reason::kAgentLate, {}, {"alive", "held", "budget"});

}  // namespace

Bulletin::Bulletin(const Page& page, Time began) : page_(page), began_(began), away_since_(began) {}

void Bulletin::Update(bool beating, Time now) {
  TakeNew();
  if (beating && heard_ == page_.generation.load(std::memory_order_relaxed)) {
    away_since_.reset();
  } else if (!away_since_) {
    away_since_ = now;
  }
}

void Bulletin::TakeNew() {
  const auto version = page_.verdicts.version();
  if (version == seen_version_) return;
  const auto bytes = page_.verdicts.Read(spare_->bytes);
  if (!bytes) return;  // it is being written: the next turn will see it
  seen_version_ = version;
  VerdictStamp stamp;
  if (!DecodeVerdicts(*bytes, &stamp, &spare_->views)) return;
  if (stamp.generation != page_.generation.load(std::memory_order_relaxed)) return;
  // A first worker has no predecessor that could have known more.
  const bool first = !heard_ || heard_ == stamp.generation;
  if (!stamp.settled && !first) return;
  heard_ = stamp.generation;
  current_.swap(spare_);
}

Standing Bulletin::Now(Time now) {
  const VerdictViews& last = current_->views;
  if (!heard_) {
    const bool over = now - began_ >= page_.orders.boot_max;
    return {over ? &kStartupPasses : &kNothingYet, &kNothingYet, &kLivenessPasses};
  }
  if (!away_since_) return {&last.startup, &last.readiness, &last.liveness};
  const Duration away = now - *away_since_;
  if (away < page_.orders.hold) return {&last.startup, &last.readiness, &kLivenessPasses};
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "the agent has had no worker for %.0f s",
                                 Seconds(away));
  hold_over_text_.Shrink(0);
  hold_over_text_.Append({text.data(), static_cast<std::size_t>(size)});
  hold_over_ = StandIn(false, Reason::kAgentLate, hold_over_text_.view());
  return {&last.startup, &hold_over_, &kLivenessPasses};
}

}  // namespace vitals
