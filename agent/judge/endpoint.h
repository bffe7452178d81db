// Endpoint: what the judge remembers of one listener of the broker, folded from the evidence of the
// listener probe (fresh connects) and of the round-trip probe (the standing connection).
//
// Owned by the Judge, its thread only. No clock of its own: every call says when it happened.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "agent/judge/saved.h"
#include "agent/judge/seen_span.h"

namespace vitals {

// What a piece of evidence tells about the broker's side of a silence.
enum class Contact : std::uint8_t {
  kNone,      // nothing moved
  kTaken,     // the broker took bytes of ours
  kAnswered,  // a byte came from the broker, a refusal included
};

// The round failed because the standing connection is no more: refused, reset or closed.
bool SessionLost(const RoundTripEvidence& round);

// One of our connections that waits for the broker, as the kernel showed it.
struct SilentConnection {
  Time opened_at{};
  Time looked_at{};
  FarEnd far_end = FarEnd::kNotLooked;
  bool always_unread = true;
  std::uint32_t unread_bytes = 0;
  bool answer_waits = false;  // in our own socket: the agent is late
};

class Endpoint {
 public:
  Endpoint(const EndpointSettings& settings, const PolicySettings& policy);

  Contact Fold(const ConnectEvidence& connect, Time at);
  Contact Fold(const RoundTripEvidence& round, Time at);
  Contact Fold(const SilenceSample& sample, Time at);
  Contact Fold(const StrayMessage& message, Time at);
  void Fold(const BystanderLook& look, Time at);

  // Looks that are too old to prove anything go: their connections ended unseen, or we were late.
  void Forget(Time now);

  // So much time has passed unseen: no failure has been seen to last through it.
  void Missed(Duration length, Time now);

  // A failure of liveness has ended: what goes on failing has to fail for a whole window again.
  void FailAnew(Time now);

  // A new incarnation of the broker: windows and memories of the old one go.
  void NewBoot();

  const EndpointSettings& settings() const { return *settings_; }
  Status accepting() const { return accepting_; }
  Status delivering() const { return delivering_; }
  bool delivered() const { return delivered_; }      // a message came back, in this boot
  bool reacted() const { return reacted_; }          // any byte, in this boot
  bool worked_ever() const { return worked_ever_; }  // let us in, in this agent's life
  std::optional<Time> answered_at() const { return answered_at_; }  // newest byte, in this boot

  // Newest failure of each probe; none = its newest result was a success or there is none yet.
  const std::optional<Failure>& connect_failure() const { return connect_failure_; }
  const std::optional<Failure>& round_failure() const { return round_failure_; }
  std::optional<Time> connect_success_at() const { return connect_success_at_; }
  std::optional<Time> round_success_at() const { return round_success_at_; }
  // Both kinds of probe, where the endpoint has both, succeeded after `moment`.
  bool WorkedAfter(Time moment) const;
  // The one that the listener showed last.
  const std::optional<ServedCertificate>& certificate() const { return certificate_; }
  Time connect_at() const { return connect_at_; }  // newest evidence of the listener probe
  Time round_at() const { return round_at_; }      // ... of the round-trip probe

  // Rounds in a row, on a connection that delivered in this boot or on its replacement, of which
  // the broker took the bytes and sent none.
  int unanswered_rounds() const { return unanswered_rounds_; }
  // Since when clients get in on a path that delivered in this boot, and no message comes back.
  const std::optional<SeenSpan>& lost() const { return lost_; }
  // The last six connects were good, and all of them came after `moment`.
  bool RecoveredSince(Time moment) const {
    return connects_.all_good() && connects_.oldest() > moment;
  }

  // A fault of the agent keeps this probe, or one of them, from judging the endpoint.
  bool connects_blinded() const { return OfAgent(connect_failure_); }
  bool rounds_blinded() const { return OfAgent(round_failure_); }
  bool blinded() const { return connects_blinded() || rounds_blinded(); }

  // The port is closed: the newest connect was refused and no standing connection is left.
  bool Refused() const;

  // Since when at least three of the last six connects were silence or reset.
  const std::optional<SeenSpan>& failing() const { return failing_; }

  // The kernel confirms that the broker has taken none of our bytes: the standing connection is
  // unread, and three connects opened at different moments are unread at every look, the oldest for
  // at least `age`; or no SYN has been answered for so long.
  bool ProvenUnread(Time now, Duration age) const;
  // The same where the far end can't be seen: silence on the standing connection and on three fresh
  // connects in a row, each past the broker's slowest refusal.
  bool WeaklySilent() const;
  bool unread() const;  // something of ours lies unread at the broker's end now
  // What waits for the broker: the standing connection while it is silent, and fresh connects.
  const std::optional<SilentConnection>& standing() const { return standing_; }
  const std::map<std::uint64_t, SilentConnection>& pending() const { return pending_; }
  // A standing connection that delivered in this boot, to this process, is part of that silence.
  bool standing_worked() const { return standing_worked_; }
  // The newest look at the connections of others.
  const std::optional<BystanderLook>& others() const { return others_; }
  Time others_at() const { return others_at_; }
  bool answer_waits_at_us() const;  // on any of our connections

  std::string ConnectMessage() const;
  std::string RoundMessage() const;

  Json Save(const Saving& saving) const;
  void Resume(const Json& saved, const Resuming& resuming);

 private:
  static bool OfAgent(const std::optional<Failure>& failure) {
    return failure && failure->fault == Fault::kAgent;
  }

  static constexpr unsigned kSixBits = 0x3F;  // one for each of the last six connects

  // The last six connects: a ring of bits, 1 = failure, and of their times.
  struct LastSix {
    unsigned bits = 0;
    int known = 0;
    std::array<Time, 6> at{};
    std::size_t next = 0;
    void Push(bool failed, Time when);
    Time oldest() const { return at[next]; }
    int failures() const { return __builtin_popcount(bits); }
    bool all_good() const { return bits == 0 && known == 6; }
  };
  void MarkReacted(bool reacted, Time at);
  void UpdateFailing(const ConnectEvidence& connect, bool told_before, Time at);
  void UpdateLost(const RoundTripEvidence& round, Time at);
  Contact CreditRead(ProbeKind probe, std::uint64_t connection, FarEnd far_end);

  const EndpointSettings* settings_;
  const PolicySettings* policy_;

  Status accepting_ = Status::kUnknown;
  Status delivering_ = Status::kUnknown;
  bool delivered_ = false;
  bool reacted_ = false;
  bool worked_ever_ = false;
  bool session_lost_ = false;
  bool standing_worked_ = false;  // a standing connection of this process delivered, in this boot

  LastSix connects_;
  unsigned broken_ = 0;  // of the last six connects: 1 = silence or reset
  int good_rounds_ = 0;
  int failed_rounds_ = 0;
  int unanswered_rounds_ = 0;
  std::optional<SeenSpan> lost_;
  int silent_connects_ = 0;        // in a row, past the slowest refusal, far end not visible
  std::uint64_t soft_failed_ = 0;  // the connect whose soft deadline passed
  std::optional<Failure> connect_failure_, round_failure_;
  std::optional<Time> connect_success_at_, round_success_at_, answered_at_;
  std::optional<ServedCertificate> certificate_;
  Time connect_at_{}, round_at_{};
  std::optional<SeenSpan> failing_;

  std::map<std::uint64_t, SilentConnection> pending_;  // connects that wait for the broker
  std::optional<SilentConnection> standing_;  // the standing connection, while it is silent
  std::map<ProbeKind, std::uint64_t> read_credited_;
  std::optional<BystanderLook> others_;
  Time others_at_{};
};

}  // namespace vitals
