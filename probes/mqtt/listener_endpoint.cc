#include "probes/mqtt/listener_endpoint.h"

#include <algorithm>
#include <array>

#include "probes/mqtt/connack.h"

namespace vitals::mqtt {
namespace {

constexpr std::size_t kMaximumPending = 3;
// When they are opened, counted from the opening of the first one that stayed unread.
constexpr std::array<Duration, kMaximumPending> kUnreadOffsets{0s, 5s, 15s};
constexpr Duration kLookInterval = 1s;
constexpr Duration kOthersInterval = 10s;
// Where the far end can't be seen each abandoned connect waits in the broker's accept queue: after
// so many in a row, only one in so long.
constexpr int kBlindTimeouts = 3;
constexpr Duration kBlindInterval = 30s;

}  // namespace

ListenerEndpoint::ListenerEndpoint(const EndpointSettings& endpoint,
                                   const ListenerSettings& settings, const Identity& identity,
                                   ConnectRoom room, std::uint64_t& serials, EvidenceSink& sink)
    : id_(static_cast<EndpointId>(room.tag)),
      settings_(settings),
      identity_(identity),
      room_(room),
      planner_(endpoint, room.wake),
      serials_(serials),
      sink_(sink),
      pace_(settings, identity.nonce + room.tag),
      next_open_(room.clock.Now()) {}

bool ListenerEndpoint::MayOpen() const {
  // One connect at a time, but for those that have gone silent.
  return pending_.size() < kMaximumPending &&
         std::all_of(pending_.begin(), pending_.end(), [](const auto& p) { return p.silent; });
}

bool ListenerEndpoint::IsBlind() const { return blind_timeouts_ >= kBlindTimeouts; }

Time ListenerEndpoint::NextTurn() const {
  Time next = MayOpen() ? next_open_ : Time::max();
  for (const Pending& pending : pending_) next = std::min(next, pending.next_look);
  return std::min(next, look_at_others_);
}

void ListenerEndpoint::Turn() {
  CollectEnded();
  LookAtSilent();
  if (room_.clock.Now() >= look_at_others_) LookAtOthers();
  if (MayOpen() && room_.clock.Now() >= next_open_) {
    Open();
    CollectEnded();
  }
}

void ListenerEndpoint::LookNow() {
  if (!pending_.empty()) return;
  const Time now = room_.clock.Now();
  pace_.Hurry(now);
  next_open_ = now;
}

void ListenerEndpoint::Open() {
  const std::uint64_t serial = ++serials_;
  const Time now = room_.clock.Now();
  pending_.push_back({std::make_unique<FreshConnect>(
                          serial, planner_.MakePlan(ClientId(identity_, 'l', serial)), room_),
                      now + settings_.soft_deadline, now + settings_.hard_deadline});
}

void ListenerEndpoint::CollectEnded() {
  std::erase_if(pending_, [this](const Pending& pending) {
    FreshConnect& connect = *pending.connect;
    if (!connect.Drive()) return false;
    const Time now = room_.clock.Now();
    const auto& failure = connect.failure();
    if (connect.reacted()) {
      last_reaction_ = now;
      look_at_others_ = Time::max();
      blind_timeouts_ = 0;
    } else if (failure && failure->reason == FailReason::kTimeout) {
      ++blind_timeouts_;
    }
    Report(connect, ConnectEvidence::Grade::kFinal);
    next_open_ = now + (failure ? pace_.AfterFailure(now, IsUnwelcome(failure->reason))
                                : pace_.AfterSuccess());
    if (IsBlind()) next_open_ = std::max(next_open_, connect.opened_at() + kBlindInterval);
    return true;
  });
}

void ListenerEndpoint::LookAtSilent() {
  for (Pending& pending : pending_) {
    if (room_.clock.Now() >= pending.next_look) Look(pending);
  }
  CollectEnded();
}

void ListenerEndpoint::Look(Pending& pending) {
  const Time now = room_.clock.Now();
  FreshConnect& connect = *pending.connect;
  const FarEndLook look = connect.LookAtFarEnd();
  const bool others_answered = last_reaction_ > connect.opened_at();
  if (IsUnread(look.far_end) && !others_answered) {
    pending.give_up_at = now + settings_.hard_deadline;
  }
  pending.next_look = std::min(now + kLookInterval, pending.give_up_at);
  // A name server's silence is not the broker's.
  if (connect.stage() != Stage::kResolve) {
    sink_.Put({now, SilenceSample{id_, ProbeKind::kListener, connect.serial(), connect.opened_at(),
                                  connect.waiting_since(), look.far_end, look.unread_bytes,
                                  connect.BytesAtOurEnd()}});
  }
  if (!pending.silent) {
    pending.silent = true;
    if (look_at_others_ == Time::max()) look_at_others_ = connect.opened_at() + kOthersInterval;
    Report(connect, ConnectEvidence::Grade::kSoft);
    ScheduleAfterSilence(pending, look.far_end);
    return;
  }
  if (now >= pending.give_up_at) {
    connect.Abandon();
    return;
  }
  connect.Redial();
}

void ListenerEndpoint::ScheduleAfterSilence(const Pending& pending, FarEnd far_end) {
  const Time now = room_.clock.Now();
  next_open_ = now + pace_.AfterFailure(now);
  if (IsUnread(far_end) && pending_.size() < kMaximumPending) {
    next_open_ =
        std::max(now, pending_.front().connect->opened_at() + kUnreadOffsets[pending_.size()]);
  } else if (IsBlind()) {
    next_open_ = pending.connect->opened_at() + kBlindInterval;
  }
}

void ListenerEndpoint::LookAtOthers() {
  const Time now = room_.clock.Now();
  look_at_others_ = now + kLookInterval;
  if (pending_.empty()) return;  // none is silent at this moment
  look_at_others_ = now + kOthersInterval;
  const Bystanders found = pending_.front().connect->LookAtOthers();
  BystanderLook look;
  look.endpoint = id_;
  look.complete = found.complete;
  look.seen = found.seen;
  if (found.newest_read) look.read_at = now - *found.newest_read;
  if (found.newest_answer) look.answered_at = now - *found.newest_answer;
  sink_.Put({now, look});
}

void ListenerEndpoint::Report(const FreshConnect& connect, ConnectEvidence::Grade grade) {
  sink_.Put({room_.clock.Now(), connect.Report(id_, grade)});
}

}  // namespace vitals::mqtt
