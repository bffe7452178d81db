#include "agent/judge/endpoint.h"

#include <algorithm>

namespace vitals {
namespace {

// Reasons that leave it open whether the broker's process still works: silence and resets.
// Refusals, codes and the agent's own faults don't.
bool SilenceOrReset(FailReason reason) {
  switch (reason) {
    case FailReason::kUnread:
    case FailReason::kUnanswered:
    case FailReason::kTimeout:
    case FailReason::kReset:
    case FailReason::kClosed:
    case FailReason::kSynUnanswered:
    case FailReason::kDeliveryTimeout:
      return true;
    default:
      return false;
  }
}

std::string Words(const Failure& failure) {
  std::string text = std::string(Name(failure.stage)) + ": " + std::string(Name(failure.reason));
  if (!failure.detail.empty()) text += " (" + failure.detail + ")";
  return text;
}

}  // namespace

bool SessionLost(const RoundTripEvidence& round) {
  if (!round.failure) return false;
  const FailReason reason = round.failure->reason;
  return reason == FailReason::kRefused || reason == FailReason::kReset ||
         reason == FailReason::kClosed || reason == FailReason::kDisconnectedByBroker;
}

void Endpoint::LastSix::Push(bool failed, Time when) {
  at[next] = when;
  next = (next + 1) % at.size();
  bits = ((bits << 1) | (failed ? 1u : 0u)) & kSixBits;
  known = std::min(known + 1, 6);
}

Endpoint::Endpoint(const EndpointSettings& settings, const PolicySettings& policy)
    : settings_(&settings), policy_(&policy) {}

void Endpoint::NewBoot() {
  Endpoint fresh(*settings_, *policy_);
  fresh.worked_ever_ = worked_ever_;
  fresh.session_lost_ = session_lost_;
  fresh.connect_failure_ = connect_failure_;
  fresh.round_failure_ = round_failure_;
  fresh.connect_success_at_ = connect_success_at_;
  fresh.round_success_at_ = round_success_at_;
  fresh.connect_at_ = connect_at_;
  fresh.round_at_ = round_at_;
  *this = std::move(fresh);
}

void Endpoint::Forget(Time now) {
  // Samples come once a second while something is silent.
  constexpr Duration kFresh = std::chrono::seconds(3);
  std::erase_if(pending_, [&](const auto& entry) { return now - entry.second.looked_at > kFresh; });
  if (standing_ && now - standing_->looked_at > kFresh) standing_.reset();
}

void Endpoint::Missed(Duration length, Time now) {
  for (auto* span : {&failing_, &lost_}) {
    if (*span) (*span)->Miss(length, now);
  }
}

void Endpoint::FailAnew(Time now) {
  if (failing_) failing_ = SeenSpan{now};
}

void Endpoint::MarkReacted(bool reacted, Time at) {
  if (!reacted) return;
  reacted_ = true;
  answered_at_ = at;
}

// A connect or a round of which the broker took the bytes counts once as movement, however often we
// look at it: a tarpit that read us long ago is not reading now.
Contact Endpoint::CreditRead(ProbeKind probe, std::uint64_t connection, FarEnd far_end) {
  if (far_end != FarEnd::kRead) return Contact::kNone;
  const auto [at, added] = read_credited_.try_emplace(probe, connection);
  if (!added && at->second == connection) return Contact::kNone;
  at->second = connection;
  return Contact::kTaken;
}

void Endpoint::UpdateFailing(const ConnectEvidence& connect, bool told_before, Time at) {
  const bool broken = connect.failure && SilenceOrReset(connect.failure->reason);
  if (told_before) {
    // An answer that comes late takes its silence back.
    if (!broken) broken_ &= broken_ - 1;
  } else if (connect.reacted || !OfAgent(connect.failure)) {
    broken_ = ((broken_ << 1) | (broken ? 1u : 0u)) & kSixBits;
  }
  if (__builtin_popcount(broken_) < 3) {
    failing_.reset();
  } else if (!failing_) {
    failing_ = SeenSpan{at};
  }
}

void Endpoint::UpdateLost(const RoundTripEvidence& round, Time at) {
  if (!delivered_) return;
  if (round.reacted) {
    unanswered_rounds_ = 0;
  } else if (round.far_end == FarEnd::kRead) {
    ++unanswered_rounds_;
  }
  if (round.failure->reason != FailReason::kDeliveryTimeout) {
    lost_.reset();
  } else if (!lost_) {
    lost_ = SeenSpan{at};
  }
}

Contact Endpoint::Fold(const ConnectEvidence& connect, Time at) {
  connect_at_ = at;
  MarkReacted(connect.reacted, at);
  if (connect.certificate) certificate_ = connect.certificate;
  const bool final = connect.grade == ConnectEvidence::Grade::kFinal;
  const bool counted_before = soft_failed_ == connect.connection && soft_failed_ != 0;
  if (final) pending_.erase(connect.connection);
  UpdateFailing(connect, counted_before, at);

  if (!connect.failure) {
    connect_failure_.reset();
    connect_success_at_ = at;
    silent_connects_ = 0;
    worked_ever_ = true;
    // A late success is a result of its own, beside the failure at its soft deadline: an endpoint
    // that is always late stays at three failures of six.
    connects_.Push(false, at);
    if (accepting_ == Status::kUnknown || connects_.all_good()) accepting_ = Status::kTrue;
    return Contact::kAnswered;
  }

  connect_failure_ = connect.failure;
  if (connect.failure->fault != Fault::kAgent && !counted_before) {
    connects_.Push(true, at);
    // Before the first success nothing is broken yet: the endpoint has just not opened.
    if (accepting_ == Status::kTrue && connects_.failures() >= policy_->fail_after) {
      accepting_ = Status::kFalse;
    }
  }
  if (!final) soft_failed_ = connect.connection;
  if (connect.reacted) {
    silent_connects_ = 0;
    return Contact::kAnswered;
  }
  if (final && connect.failure->reason == FailReason::kTimeout) ++silent_connects_;
  return CreditRead(ProbeKind::kListener, connect.connection, connect.far_end);
}

Contact Endpoint::Fold(const RoundTripEvidence& round, Time at) {
  round_at_ = at;
  MarkReacted(round.reacted, at);
  // A standing connection that was opened anew is a client that got in; where fresh ones just
  // failed, the next of them decides.
  if (round.stages[static_cast<std::size_t>(Stage::kConnack)]) {
    worked_ever_ = true;
    if (accepting_ == Status::kUnknown && connects_.failures() < policy_->fail_after) {
      accepting_ = Status::kTrue;
    }
  }
  if (!round.failure) {
    standing_.reset();
    round_failure_.reset();
    session_lost_ = false;
    round_success_at_ = at;
    delivered_ = standing_worked_ = true;
    MarkReacted(true, at);
    failed_rounds_ = unanswered_rounds_ = 0;
    lost_.reset();
    ++good_rounds_;
    if (delivering_ != Status::kFalse || good_rounds_ >= policy_->recover_after) {
      delivering_ = Status::kTrue;
    }
    return Contact::kAnswered;
  }

  round_failure_ = round.failure;
  session_lost_ = SessionLost(round);
  if (!IsUnread(round.far_end)) standing_.reset();
  UpdateLost(round, at);
  if (round.failure->fault != Fault::kAgent) {
    good_rounds_ = 0;
    ++failed_rounds_;
    if (delivering_ == Status::kTrue && failed_rounds_ >= policy_->fail_after) {
      delivering_ = Status::kFalse;
    }
  }
  if (round.reacted) return Contact::kAnswered;
  return CreditRead(ProbeKind::kRoundTrip, round.round, round.far_end);
}

Contact Endpoint::Fold(const SilenceSample& sample, Time at) {
  SilentConnection& pending = sample.probe == ProbeKind::kListener
                                  ? pending_[sample.connection]
                                  : (standing_ ? *standing_ : standing_.emplace());
  pending.opened_at = sample.opened_at;
  pending.looked_at = at;
  pending.far_end = sample.far_end;
  pending.unread_bytes = sample.unread_bytes;
  pending.always_unread = pending.always_unread && IsUnread(sample.far_end);
  pending.answer_waits = sample.bytes_at_our_end;
  return CreditRead(sample.probe, sample.connection, sample.far_end);
}

Contact Endpoint::Fold(const StrayMessage& message, Time at) {
  MarkReacted(true, at);
  unanswered_rounds_ = 0;
  if (message.kind == MessageKind::kLate) lost_.reset();
  return Contact::kAnswered;
}

void Endpoint::Fold(const BystanderLook& look, Time at) {
  others_ = look;
  others_at_ = at;
}

bool Endpoint::WorkedAfter(Time moment) const {
  const bool lets_in = !connect_failure_ && connect_success_at_ && *connect_success_at_ > moment;
  const bool delivers = !round_failure_ && round_success_at_ && *round_success_at_ > moment;
  return lets_in && (delivers || !settings_->round_trip);
}

bool Endpoint::Refused() const {
  if (!connect_failure_ || connect_failure_->reason != FailReason::kRefused) return false;
  return !settings_->round_trip || session_lost_;
}

bool Endpoint::unread() const {
  if (standing_ && IsUnread(standing_->far_end)) return true;
  return std::any_of(pending_.begin(), pending_.end(),
                     [](const auto& entry) { return IsUnread(entry.second.far_end); });
}

bool Endpoint::answer_waits_at_us() const {
  if (standing_ && standing_->answer_waits) return true;
  return std::any_of(pending_.begin(), pending_.end(),
                     [](const auto& entry) { return entry.second.answer_waits; });
}

bool Endpoint::ProvenUnread(Time now, Duration age) const {
  // With a standing connection that works in this boot, its silence is part of the proof.
  if (standing_worked_ && !(standing_ && standing_->always_unread)) return false;
  int unread = 0;
  bool full_queue = false;
  Duration oldest{};
  for (const auto& [connection, pending] : pending_) {
    if (!pending.always_unread) return false;
    ++unread;
    full_queue = full_queue || pending.far_end == FarEnd::kSynUnanswered;
    oldest = std::max(oldest, now - pending.opened_at);
  }
  return (unread >= 3 || (unread > 0 && full_queue)) && oldest >= age;
}

bool Endpoint::WeaklySilent() const {
  const bool standing_silent =
      !settings_->round_trip || (round_failure_ && SilenceOrReset(round_failure_->reason));
  return standing_silent && silent_connects_ >= 3;
}

std::string Endpoint::ConnectMessage() const {
  if (!connect_failure_ && connects_.failures() == 0) {
    return connect_success_at_ ? "new clients get in" : "not tried yet";
  }
  const std::string newest =
      connect_failure_ ? Words(*connect_failure_) : "new clients get in again";
  // A new boot counts anew, and our own faults never count.
  if (connects_.failures() == 0) return newest;
  return newest + ", " + std::to_string(connects_.failures()) + " of the last " +
         std::to_string(connects_.known) + " connects failed";
}

std::string Endpoint::RoundMessage() const {
  if (!round_failure_) {
    if (delivering_ == Status::kFalse) {
      return "messages come back again, " + std::to_string(good_rounds_) + " of " +
             std::to_string(policy_->recover_after) + " good rounds";
    }
    return round_success_at_ ? "messages come back" : "not tried yet";
  }
  // A new boot counts anew, and our own faults never count.
  if (failed_rounds_ == 0) return Words(*round_failure_);
  return Words(*round_failure_) + ", " + std::to_string(failed_rounds_) + " rounds failed in a row";
}

}  // namespace vitals
