// RoundTripEndpoint: the rounds of one endpoint. It keeps one standing session, publishes a
// numbered message each interval and waits for it to come back; what comes late, twice, from others
// or from the past is told apart and never counts as a success.
//
// Silence: while the broker leaves our last bytes unread nothing more is sent, and a session that
// we lose meanwhile is not replaced. If it reads but nothing comes back for three rounds, a
// replacement session is opened and judged. Refused or closed sessions are reopened, with a growing
// pause. A broker's wish for a shorter keep alive is kept to: our rounds are more frequent, or the
// session is opened anew before its first round.
//
// Belongs to RoundTripProbe and its thread; no I/O but through Session; time comes from the clock.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "probes/mqtt/identity.h"
#include "probes/mqtt/session.h"

namespace vitals::mqtt {

class RoundTripEndpoint {
 public:
  RoundTripEndpoint(EndpointId id, const EndpointSettings& endpoint,
                    const RoundTripSettings& settings, const Identity& identity,
                    SessionFactory& sessions, const Clock& clock, EvidenceSink& sink);

  Time NextTurn() const;
  void Turn();
  // True once after each change between good and failing.
  bool TakeEdge() { return std::exchange(edge_, false); }

 private:
  enum class Mode : std::uint8_t {
    kDown,      // no session; the next one is opened at open_at_
    kOpening,   // not subscribed yet
    kIdle,      // open, nothing under way
    kAwaiting,  // a message is on its way
    kUnread,    // our last bytes lie unread at the broker's end
  };

  void Follow();
  void Open();
  void OnOpen(const SessionState& state);
  void OnEnd(Failure failure);
  void OnMessage(const ReceivedMessage& message);
  void OnReturn(Time at);
  void StartRound();
  void FailRound(Failure failure, FarEndLook look);
  void OnDeadline();
  void LookWhileUnread();
  void LookWhileOpening();
  void DropSession();
  void ReplaceSession();
  void ReportFailure(const Failure& failure, FarEnd far_end);
  void ReportSilence(FarEndLook look);
  Failure SilenceOfOpening(FarEnd far_end) const;
  Duration NextPause(FailReason reason);
  void NoteResult(bool good);

  const EndpointId id_;
  const EndpointSettings endpoint_;
  const RoundTripSettings settings_;
  const Identity identity_;
  const std::string topic_;
  SessionFactory& sessions_;
  const Clock& clock_;
  EvidenceSink& sink_;
  std::mt19937_64 random_;

  Mode mode_ = Mode::kDown;
  std::unique_ptr<Session> session_;
  std::uint64_t session_serial_ = 0;
  std::chrono::seconds keep_alive_ = kSessionKeepAlive;  // of the next session
  std::chrono::seconds told_keep_alive_{};               // by this session's CONNECT
  Time opened_at_{};
  Time open_at_{};     // kDown
  Time give_up_at_{};  // kOpening
  Time look_at_{};     // kUnread, kOpening: next look at the broker's end
  Time report_at_{};   // kDown, kOpening, kUnread: next failure to report
  int pauses_ = 0;     // reopenings since the last good round
  Failure last_failure_;
  StageTimes opening_stages_{};  // reported with the first round of a session

  std::uint64_t round_ = 0;  // sequence of the newest message, or the opening that failed
  Time round_at_{};          // when the next round is planned
  Time sent_at_{};
  std::deque<std::uint64_t> returned_;  // newest sequences that came back
  int strays_left_ = 0;
  std::uint64_t answers_ = 0;
  Time answered_at_{};
  bool heard_ = false;  // something came since the last evidence

  int failed_rounds_ = 0;  // in a row, on this session
  int good_rounds_ = 0;    // in a row
  Time replace_at_{};
  Duration replace_pause_{};
  std::optional<bool> good_;
  bool edge_ = false;
};

}  // namespace vitals::mqtt
