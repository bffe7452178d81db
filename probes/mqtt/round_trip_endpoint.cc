#include "probes/mqtt/round_trip_endpoint.h"

#include <algorithm>
#include <utility>

#include "probes/mqtt/connack.h"
#include "probes/mqtt/payload.h"

namespace vitals::mqtt {
namespace {

constexpr Duration kLookInterval = 1s;
constexpr Duration kShortestPause = 100ms;
constexpr Duration kLongestPause = 1s;
constexpr Duration kLongestPauseOfTheUnwelcome = 5s;
// The slowest CONNACK of any broker that we know takes 10.5 s; a SUBACK may take as long as a
// cluster needs to notice that a member is gone.
constexpr Duration kConnectPatience = 12s;
constexpr Duration kSubscribePatience = 90s;
// The kernel repeats an unanswered SYN more and more seldom.
constexpr Duration kSynPatience = 2s;
constexpr Duration kLibraryPatience = 2s;
constexpr Duration kLookAgain = 200ms;
constexpr int kRoundsBeforeReplacement = 3;
constexpr Duration kReplacePause = 10s;
constexpr Duration kLongestReplacePause = 60s;
// The judge wants three good rounds in a row after a failure; they need not take three intervals.
constexpr int kRoundsOfRecovery = 3;
constexpr std::size_t kRememberedReturns = 64;
// A flood on our topic shall not push other evidence out of the queue.
constexpr int kStraysPerRound = 100;

// The broker did something; the kernel's own answers and our own faults are none of its doing.
bool IsReaction(FailReason reason) {
  switch (reason) {
    case FailReason::kRefused:
    case FailReason::kSynUnanswered:
    case FailReason::kUnreachable:
    case FailReason::kUnread:
    case FailReason::kUnanswered:
    case FailReason::kTimeout:
    case FailReason::kDeliveryTimeout:
    case FailReason::kDns:
    case FailReason::kAgentResources:
    case FailReason::kAgentInternal:
      return false;
    default:
      return true;
  }
}

}  // namespace

RoundTripEndpoint::RoundTripEndpoint(EndpointId id, const EndpointSettings& endpoint,
                                     const RoundTripSettings& settings, const Identity& identity,
                                     SessionFactory& sessions, const Clock& clock,
                                     EvidenceSink& sink)
    : id_(id),
      endpoint_(endpoint),
      settings_(settings),
      identity_(identity),
      topic_(settings.topic_prefix + "/" + identity.instance + "/" + std::to_string(id)),
      sessions_(sessions),
      clock_(clock),
      sink_(sink),
      random_(identity.nonce + id),
      open_at_(clock.Now()),
      report_at_(open_at_) {}

Time RoundTripEndpoint::NextTurn() const {
  switch (mode_) {
    case Mode::kDown:
      return std::min(open_at_, report_at_);
    case Mode::kIdle:
      return round_at_;
    case Mode::kAwaiting:
      return sent_at_ + settings_.deadline;
    case Mode::kOpening:
      return std::max(std::min(look_at_, report_at_), opened_at_ + settings_.deadline);
    case Mode::kUnread:
      break;
  }
  return std::min(look_at_, report_at_);
}

void RoundTripEndpoint::Turn() {
  const Time now = clock_.Now();
  if (session_) Follow();
  switch (mode_) {
    case Mode::kDown:
      if (now >= report_at_ && session_serial_ > 0) {
        ReportFailure(last_failure_, FarEnd::kNotLooked);
      }
      if (now >= open_at_) Open();
      break;
    case Mode::kOpening:
      LookWhileOpening();
      break;
    case Mode::kIdle:
      if (now >= round_at_) StartRound();
      break;
    case Mode::kAwaiting:
      if (now >= sent_at_ + settings_.deadline) OnDeadline();
      break;
    case Mode::kUnread:
      LookWhileUnread();
      break;
  }
}

void RoundTripEndpoint::Follow() {
  const SessionState state = session_->State();
  if (state.answers != std::exchange(answers_, state.answers)) {
    heard_ = true;
    answered_at_ = clock_.Now();
  }
  if (mode_ == Mode::kOpening && state.phase == SessionState::Phase::kOpen) OnOpen(state);
  if (!session_) return;
  for (const ReceivedMessage& message : session_->TakeMessages()) OnMessage(message);
  if (state.failure) {
    OnEnd(*state.failure);
  } else if (state.publish_failure && mode_ == Mode::kAwaiting) {
    FailRound(*state.publish_failure, {FarEnd::kNotLooked, 0});
  }
}

void RoundTripEndpoint::Open() {
  const Time now = clock_.Now();
  ++round_;
  ++session_serial_;
  SessionSpec spec;
  spec.endpoint = endpoint_;
  spec.client_id = ClientId(identity_, 'r', session_serial_ * 1000 + id_);
  spec.topic = topic_;
  spec.qos = settings_.qos;
  spec.keep_alive = told_keep_alive_ = keep_alive_;
  opened_at_ = answered_at_ = now;
  auto session = sessions_.Open(spec);
  if (!session) {
    return OnEnd(MakeFailure(Stage::kSession, FailReason::kAgentInternal, session.error().message));
  }
  session_ = std::move(*session);
  mode_ = Mode::kOpening;
  answers_ = 0;
  failed_rounds_ = 0;
  look_at_ = now + settings_.deadline;
  give_up_at_ = now + kConnectPatience;
}

void RoundTripEndpoint::OnOpen(const SessionState& state) {
  mode_ = Mode::kIdle;
  round_at_ = clock_.Now();
  opening_stages_ = state.stages;
  keep_alive_ = std::min(kSessionKeepAlive, state.server_keep_alive.value_or(kSessionKeepAlive));
  // The library can't be told afterwards, but our rounds may come often enough. If not, the broker
  // would close this session between them: the next one says from the start what the broker wants.
  if (keep_alive_ < told_keep_alive_ && keep_alive_ > 0s && settings_.interval >= keep_alive_) {
    DropSession();
    open_at_ = round_at_;
  }
}

void RoundTripEndpoint::StartRound() {
  ++round_;
  const Time now = clock_.Now();
  sent_at_ = now;
  // Late turns don't shift the grid, but what was missed is not made up for.
  round_at_ = std::max(round_at_ + settings_.interval, now + settings_.interval / 2);
  mode_ = Mode::kAwaiting;
  // What came before is no reaction to this message; the CONNACK of a new session is news, though.
  if (!opening_stages_[static_cast<std::size_t>(Stage::kConnack)]) heard_ = false;
  strays_left_ = kStraysPerRound;
  session_->Publish(EncodePayload(identity_, round_));
}

void RoundTripEndpoint::OnMessage(const ReceivedMessage& message) {
  const auto stray = [this](MessageKind kind) {
    if (--strays_left_ >= 0) sink_.Put({clock_.Now(), StrayMessage{id_, kind}});
  };
  const auto sequence = SequenceOf(identity_, message.payload);
  if (message.retained) return stray(MessageKind::kRetained);
  if (!sequence || *sequence > round_) return stray(MessageKind::kForeign);
  if (std::find(returned_.begin(), returned_.end(), *sequence) != returned_.end()) {
    return stray(MessageKind::kDuplicate);
  }
  returned_.push_back(*sequence);
  if (returned_.size() > kRememberedReturns) returned_.pop_front();
  const bool newest = *sequence == round_;
  if (newest && mode_ == Mode::kAwaiting) {
    if (message.at <= sent_at_ + settings_.deadline) return OnReturn(message.at);
    FailRound(MakeFailure(Stage::kDelivery, FailReason::kDeliveryTimeout), {FarEnd::kRead, 0});
  }
  stray(MessageKind::kLate);
  if (newest && mode_ == Mode::kUnread) {  // the silence is over
    mode_ = Mode::kIdle;
    round_at_ = clock_.Now();
  }
}

void RoundTripEndpoint::OnReturn(Time at) {
  RoundTripEvidence evidence;
  evidence.endpoint = id_;
  evidence.round = round_;
  evidence.reacted = true;
  evidence.stages = std::exchange(opening_stages_, {});
  evidence.stages[static_cast<std::size_t>(Stage::kDelivery)] = at - sent_at_;
  sink_.Put({clock_.Now(), std::move(evidence)});
  NoteResult(true);
  heard_ = false;
  pauses_ = 0;
  failed_rounds_ = 0;
  replace_pause_ = {};
  mode_ = Mode::kIdle;
  if (good_rounds_ < kRoundsOfRecovery) round_at_ = sent_at_ + settings_.interval / 2;
}

void RoundTripEndpoint::FailRound(Failure failure, FarEndLook look) {
  ++failed_rounds_;
  mode_ = Mode::kIdle;
  ReportFailure(failure, look.far_end);
}

void RoundTripEndpoint::OnDeadline() {
  const FarEndLook look = session_->LookAtFarEnd();
  if (IsUnread(look.far_end)) {
    FailRound(MakeFailure(Stage::kDelivery, FailReason::kUnread), look);
    ReportSilence(look);
    mode_ = Mode::kUnread;
    report_at_ = sent_at_ + settings_.deadline + settings_.unread_grace;
    return;
  }
  const bool waits_at_us = session_->BytesAtOurEnd();
  FailRound(waits_at_us ? MakeFailure(Stage::kDelivery, FailReason::kAgentInternal,
                                      "bytes wait in our own socket")
                        : MakeFailure(Stage::kDelivery, FailReason::kDeliveryTimeout),
            look);
  if (failed_rounds_ >= kRoundsBeforeReplacement && !waits_at_us) ReplaceSession();
}

void RoundTripEndpoint::ReplaceSession() {
  const Time now = clock_.Now();
  if (now < replace_at_) return;
  replace_pause_ = std::clamp(2 * replace_pause_, kReplacePause, kLongestReplacePause);
  replace_at_ = now + replace_pause_;
  DropSession();
  open_at_ = now;
}

void RoundTripEndpoint::LookWhileUnread() {
  const Time now = clock_.Now();
  if (now < NextTurn()) return;
  const FarEndLook look = session_->LookAtFarEnd();
  if (!IsUnread(look.far_end)) {
    mode_ = Mode::kIdle;
    round_at_ = now;
    return;
  }
  if (now >= look_at_) ReportSilence(look);
  if (now >= report_at_) ReportFailure(last_failure_, look.far_end);
}

void RoundTripEndpoint::LookWhileOpening() {
  const Time now = clock_.Now();
  if (now < NextTurn()) return;
  const FarEndLook look = session_->LookAtFarEnd();
  look_at_ = now + kLookInterval;
  const bool subscribing = session_->State().phase == SessionState::Phase::kSubscribing;
  if (IsUnread(look.far_end)) {
    ReportSilence(look);
    give_up_at_ = now + kConnectPatience;
  } else if (subscribing) {
    give_up_at_ = std::max(give_up_at_, opened_at_ + kSubscribePatience);
  }
  // The library may connect and then sleep for up to a second before it sends CONNECT: that silence
  // is its own.
  if (look.far_end == FarEnd::kNotLooked && now < opened_at_ + kLibraryPatience) {
    look_at_ = report_at_ = std::min(now + kLookAgain, opened_at_ + kLibraryPatience);
    return;
  }
  if (now >= report_at_) ReportFailure(SilenceOfOpening(look.far_end), look.far_end);
  const bool redial = look.far_end == FarEnd::kSynUnanswered && now >= opened_at_ + kSynPatience;
  if (redial || now >= give_up_at_) {
    last_failure_ = SilenceOfOpening(look.far_end);
    DropSession();
    open_at_ = now + (redial ? Duration{} : NextPause(last_failure_.reason));
  }
}

Failure RoundTripEndpoint::SilenceOfOpening(FarEnd far_end) const {
  if (far_end == FarEnd::kSynUnanswered) {
    return MakeFailure(Stage::kTcp, FailReason::kSynUnanswered, "no answer to SYN");
  }
  const Stage stage = session_->State().stage;
  if (stage == Stage::kResolve) return MakeFailure(stage, FailReason::kDns, "no answer yet");
  if (far_end == FarEnd::kNotLooked) {
    return MakeFailure(Stage::kConnack, FailReason::kAgentInternal, "CONNECT not sent yet");
  }
  return MakeFailure(stage, ReasonOfSilence(far_end),
                     "silence in stage " + std::string(Name(stage)));
}

void RoundTripEndpoint::OnEnd(Failure failure) {
  const Time now = clock_.Now();
  if (mode_ == Mode::kUnread && now < NextTurn()) return;
  const bool stood = mode_ != Mode::kDown && mode_ != Mode::kOpening;
  const FarEndLook look = stood ? session_->LookAtFarEnd() : FarEndLook{FarEnd::kNotLooked, 0};
  if (stood && IsUnread(look.far_end)) {
    // It was us who lost it. A new one would only wait beside it.
    if (mode_ == Mode::kUnread) return;
    FailRound(MakeFailure(Stage::kSession, FailReason::kUnread, failure.detail), look);
    ReportSilence(look);
    mode_ = Mode::kUnread;
    return;
  }
  if (failure.reason == FailReason::kClosed && stood && now - answered_at_ >= told_keep_alive_) {
    failure = MakeFailure(Stage::kSession, FailReason::kTimeout, "given up after a long silence");
  }
  DropSession();
  open_at_ = now + NextPause(failure.reason);
  last_failure_ = failure;
  if (stood || now >= report_at_) ReportFailure(failure, look.far_end);
}

void RoundTripEndpoint::DropSession() {
  session_.reset();
  opening_stages_ = {};
  mode_ = Mode::kDown;
}

void RoundTripEndpoint::ReportFailure(const Failure& failure, FarEnd far_end) {
  const Time now = clock_.Now();
  RoundTripEvidence evidence;
  evidence.endpoint = id_;
  evidence.round = round_;
  evidence.failure = failure;
  evidence.reacted = std::exchange(heard_, false) || IsReaction(failure.reason);
  evidence.far_end = far_end;
  evidence.stages = std::exchange(opening_stages_, {});
  sink_.Put({now, std::move(evidence)});
  last_failure_ = failure;
  report_at_ = now + settings_.interval;
  NoteResult(false);
}

void RoundTripEndpoint::ReportSilence(FarEndLook look) {
  const Time now = clock_.Now();
  sink_.Put({now, SilenceSample{id_, ProbeKind::kRoundTrip, session_serial_, opened_at_,
                                mode_ == Mode::kOpening ? opened_at_ : sent_at_, look.far_end,
                                look.unread_bytes, session_->BytesAtOurEnd()}});
  look_at_ = now + kLookInterval;
}

Duration RoundTripEndpoint::NextPause(FailReason reason) {
  const int doublings = std::min(pauses_++, 10);
  const Duration longest = IsUnwelcome(reason) ? kLongestPauseOfTheUnwelcome : kLongestPause;
  const Duration pause = std::min(kShortestPause * (1 << doublings), longest);
  std::uniform_int_distribution<Duration::rep> jitter(pause.count() / 2, pause.count());
  return Duration(jitter(random_));
}

void RoundTripEndpoint::NoteResult(bool good) {
  good_rounds_ = good ? good_rounds_ + 1 : 0;
  if (good_ && *good_ != good) edge_ = true;
  good_ = good;
}

}  // namespace vitals::mqtt
