// Why a probe step failed: a closed list of reasons, the stage in which it happened and whose fault
// it is. docs/reasons.md lists them; a test compares that page with the tables in failure.cc.
//
// Sources: RFC 9293 (TCP), RFC 8446 6.2 (TLS alerts), RFC 6455 (WebSocket), MQTT 3.1.1 section
// 3.2.2.3 and MQTT 5.0 section 2.4 (reason codes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vitals {

// The steps of a connect and of a round trip, in the order in which they happen.
enum class Stage : std::uint8_t {
  kResolve,   // host name to address
  kTcp,       // connect(2) until writable
  kProxy,     // PROXY protocol header written
  kTls,       // TLS handshake
  kUpgrade,   // WebSocket upgrade answered
  kConnack,   // CONNECT sent until CONNACK read
  kSuback,    // SUBSCRIBE sent until SUBACK read
  kDelivery,  // PUBLISH sent until it came back
  kSession,   // between rounds: the standing connection was lost
};
inline constexpr std::size_t kStageCount = 9;
std::string_view Name(Stage stage);

// Whose fault a failure is. Only kBroker and kUnknown ever count against the broker.
enum class Fault : std::uint8_t { kBroker, kAgent, kUnknown };
inline constexpr std::size_t kFaultCount = 3;
std::string_view Name(Fault fault);

enum class FailReason : std::uint8_t {
  // TCP
  kRefused,        // RST to our SYN: nobody listens
  kSynUnanswered,  // no answer to our SYN: accept queue full, or packets dropped
  kUnreachable,    // no route
  kReset,          // RST after the connection stood
  kClosed,         // FIN before the expected answer
  kUnread,         // silence, and our bytes lie unread at the broker's end
  kUnanswered,     // silence, though the broker took our bytes
  kTimeout,        // silence, and the broker's end can't be seen
  // name and resources of the agent
  kDns,             // the host name did not resolve
  kAgentResources,  // the agent lacks descriptors, ports or memory
  kAgentInternal,   // the agent's client library failed in itself
  // TLS
  kTlsAlert,
  kTlsProtocol,
  kCertificateExpired,
  kCertificateAuthority,
  kCertificateName,
  kClientCertificate,
  // WebSocket
  kUpgradeStatus,
  kUpgradeInvalid,
  // CONNACK
  kMalformed,          // bytes that are no MQTT
  kProtocolVersion,    // 3.1.1: 1, 5: 0x84
  kClientIdRejected,   // 2, 0x85
  kServerUnavailable,  // 3, 0x88
  kBadCredentials,     // 4, 0x86
  kNotAuthorised,      // 5, 0x87
  kServerBusy,         // 0x89
  kBanned,             // 0x8A
  kBadAuthMethod,      // 0x8C
  kQuotaExceeded,      // 0x97
  kUseAnotherServer,   // 0x9C, 0x9D
  kConnectionRate,     // 0x9F
  kConnackOther,       // any other failing code
  // session
  kSubackRefused,
  kPubackRefused,
  kDeliveryTimeout,       // the message did not come back in time
  kDisconnectedByBroker,  // MQTT 5 DISCONNECT from the broker
  kTakenOver,             // another client used our client id
};
inline constexpr std::size_t kFailReasonCount = 37;
std::string_view Name(FailReason reason);

// The side that a reason points at when nothing more is known.
Fault DefaultFault(FailReason reason);

struct Failure {
  Stage stage = Stage::kTcp;
  FailReason reason = FailReason::kRefused;
  Fault fault = Fault::kUnknown;
  std::string detail;  // for people: errno text, TLS text, reason string; at most 200 bytes
};

inline Failure MakeFailure(Stage stage, FailReason reason, std::string detail = {}) {
  if (detail.size() > 200) detail.resize(200);
  return Failure{stage, reason, DefaultFault(reason), std::move(detail)};
}

}  // namespace vitals
