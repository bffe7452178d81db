// Evidence: what sources report to the judge, one struct a kind. Sources fill it, the pump hands
// each piece to the judge and then to the outputs that record or count it; nobody changes it on the
// way.
//
// Value types: made on the thread of a source, moved through the queue, read on the pump's thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/core/condition.h"
#include "agent/core/failure.h"
#include "agent/core/process_look.h"
#include "agent/core/profile.h"
#include "agent/core/served_certificate.h"
#include "agent/core/time.h"

namespace vitals {

// Index into Settings::endpoints.
using EndpointId = std::uint16_t;

// What the kernel shows of the broker's end of one of our own connections.
enum class FarEnd : std::uint8_t {
  kNotLooked,
  kCannotSee,      // other namespace, proxy, NAT, or the kernel hides it
  kRead,           // accepted, and everything we sent was taken
  kUnread,         // accepted, and bytes of ours wait unread
  kUnaccepted,     // still in the accept queue: no process has it yet
  kSynUnanswered,  // our SYN was never answered: the accept queue is full
  kGone,           // the broker's socket is closed
};
inline constexpr std::size_t kFarEndCount = 7;
std::string_view Name(FarEnd far_end);

// The broker has not taken our bytes, confirmed by the kernel.
constexpr bool IsUnread(FarEnd far_end) {
  return far_end == FarEnd::kUnread || far_end == FarEnd::kUnaccepted ||
         far_end == FarEnd::kSynUnanswered;
}

enum class ProbeKind : std::uint8_t { kListener, kRoundTrip };
inline constexpr std::size_t kProbeKindCount = 2;
std::string_view Name(ProbeKind kind);

// How long each stage took; empty where it was not reached or does not apply.
using StageTimes = std::array<std::optional<Duration>, kStageCount>;

// One fresh connect of the listener probe. Reported at the soft deadline if it is still silent
// (kSoft, a failure), and once more when it ends (kFinal).
struct ConnectEvidence {
  enum class Grade : std::uint8_t { kSoft, kFinal };
  EndpointId endpoint = 0;
  std::uint64_t connection = 0;  // serial number within the agent's life
  Grade grade = Grade::kFinal;
  std::optional<Failure> failure;  // none = CONNACK with success
  bool reacted = false;            // any byte came, or the broker closed what it had accepted
  FarEnd far_end = FarEnd::kNotLooked;
  StageTimes stages{};
  std::optional<ServedCertificate> certificate{};  // none = no TLS, or not so far
};

// One round of the round-trip probe: a publish that came back, or did not.
struct RoundTripEvidence {
  EndpointId endpoint = 0;
  std::uint64_t round = 0;
  std::optional<Failure> failure;
  bool reacted = false;
  FarEnd far_end = FarEnd::kNotLooked;
  StageTimes stages{};
};

// A message on our topic that is not the awaited one. Never a success, always a reaction.
enum class MessageKind : std::uint8_t { kLate, kDuplicate, kForeign, kRetained };
inline constexpr std::size_t kMessageKindCount = 4;
std::string_view Name(MessageKind kind);
struct StrayMessage {
  EndpointId endpoint = 0;
  MessageKind kind = MessageKind::kForeign;
};

// A connection on which we wait for the broker, looked at while it is silent. One a second at most
// for each connection; none while everything answers.
struct SilenceSample {
  EndpointId endpoint = 0;
  ProbeKind probe = ProbeKind::kListener;
  std::uint64_t connection = 0;
  Time opened_at{};      // connect(2)
  Time waiting_since{};  // when the bytes that wait for an answer were sent
  FarEnd far_end = FarEnd::kNotLooked;
  std::uint32_t unread_bytes = 0;
  bool bytes_at_our_end = false;  // an answer waits in our own socket: the agent is late
};

// A look at the connections that other clients have to an endpoint, every 10 s while the endpoint
// is silent to us.
struct BystanderLook {
  EndpointId endpoint = 0;
  bool complete = false;            // false: they can't be seen, or were too many to look at
  std::uint32_t seen = 0;           // accepted by the broker, and not ours
  std::optional<Time> read_at;      // when it last took bytes of one that has nothing unread
  std::optional<Time> answered_at;  // when it last sent bytes to any
};

// A rule of the profile fired on a line of the broker's log.
struct LogEvent {
  const Rule* rule = nullptr;                                 // owned by the profile, never null
  std::string line;                                           // at most 1 KiB
  std::vector<std::pair<std::string, std::string>> captures;  // by name
  bool look_back = false;         // the line is older than the follower's start
  std::uint64_t fingerprint = 0;  // where the line may not be kept; zero = made of the line
};

// Of the rule and the line. Tells the lines of one broker apart; nobody gains by a collision.
std::uint64_t Fingerprint(const LogEvent& event);

// Lines that go on with the entry whose head fired rules, as a stack trace does with an error: for
// people. Comes after the events of the head, bounded (probes/log/entry_context.h), in pieces if
// the broker wrote it in pieces.
struct LogContext {
  const Rule* rule = nullptr;  // the last one that fired on the head, never null
  std::string text;            // lines, LF between them
  bool look_back = false;      // as that of the head
};

// The state of following the log, at most every 250 ms and only when something changed or a second
// went by. Counters only grow.
struct LogProgress {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t matched = 0;
  std::uint64_t rotations = 0;
  std::uint64_t truncations = 0;
  std::uint64_t gaps = 0;
  std::uint64_t gap_bytes = 0;
  std::uint64_t cut_lines = 0;
  std::uint64_t freed_bytes = 0;  // given back to the filesystem (log.reclaim)
  Time last_read{};               // when the last bytes came; zero = none yet
  std::uint32_t files = 0;        // open now
  std::uint64_t lag_bytes = 0;    // written but not read yet
  Duration lag{};                 // for how long the follower has been behind
  std::string trouble;            // why a wanted file is not read, or not freed; empty = none
};

// The log's first lines tell which broker this is.
struct ProfileChosen {
  std::shared_ptr<const Profile> profile;
  double confidence = 1.0;  // share of looked-at lines that a detect expression matched; 1 = given
};

// Time passes. `late` says by how much each loop has overrun the moment at which it promised to be
// back: while any is late, silence proves nothing.
struct Tick {
  WallTime wall{};
  std::array<Duration, kSourceCount> late{};
};

// A person or a hook asks for something (agent/control).
struct Command {
  enum class Kind : std::uint8_t {
    kDrain,
    kUndrain,
    kHold,     // liveness, for `length`, because of `text`
    kRelease,  // the hold
  };
  Kind kind = Kind::kDrain;
  Duration length{};
  std::string text;
  std::string by;  // who asked
};
inline constexpr std::size_t kCommandKindCount = 4;
std::string_view Name(Command::Kind kind);

// The configuration was read: at the agent's start, and for a reload.
struct ConfigurationRead {
  WallTime in_force_since{};  // when the configuration that is in force was read
  std::string trouble;        // why the files as they are now are not that one; empty = they are
};

struct Evidence {
  Time at{};
  std::variant<Tick, ConnectEvidence, RoundTripEvidence, StrayMessage, SilenceSample, BystanderLook,
               LogEvent, LogContext, LogProgress, ProfileChosen, Command, ConfigurationRead,
               ProcessLook>
      what;
};

// Where sources put evidence. Any thread; never blocks; what can't be kept is counted as lost.
class EvidenceSink {
 public:
  virtual ~EvidenceSink() = default;
  virtual void Put(Evidence evidence) = 0;
  // A loop promises to call again before `due`; the sink measures by how much it is late.
  virtual void Promise(Source loop, Time due) = 0;
};

}  // namespace vitals
