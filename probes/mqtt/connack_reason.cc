#include <array>

#include "probes/mqtt/connack.h"

namespace vitals::mqtt {
namespace {

// MQTT 3.1.1 section 3.2.2.3. An old broker says 1 to an MQTT 5 client as well.
FailReason ReasonOfReturnCode(std::uint8_t code) {
  constexpr std::array<FailReason, 5> kReasons{
      FailReason::kProtocolVersion, FailReason::kClientIdRejected, FailReason::kServerUnavailable,
      FailReason::kBadCredentials, FailReason::kNotAuthorised};
  return code <= kReasons.size() ? kReasons[code - 1u] : FailReason::kConnackOther;
}

}  // namespace

std::optional<FailReason> ReasonOfConnack(int version, std::uint8_t code) {
  if (code == 0) return std::nullopt;
  if (version < 5 || code < 0x80) return ReasonOfReturnCode(code);
  switch (code) {  // MQTT 5.0 section 3.2.2.2
    case 0x84:
      return FailReason::kProtocolVersion;
    case 0x85:
      return FailReason::kClientIdRejected;
    case 0x86:
      return FailReason::kBadCredentials;
    case 0x87:
      return FailReason::kNotAuthorised;
    case 0x88:
      return FailReason::kServerUnavailable;
    case 0x89:
      return FailReason::kServerBusy;
    case 0x8A:
      return FailReason::kBanned;
    case 0x8C:
      return FailReason::kBadAuthMethod;
    case 0x97:
      return FailReason::kQuotaExceeded;
    case 0x9C:  // use another server, for now
    case 0x9D:  // server moved, for good
      return FailReason::kUseAnotherServer;
    case 0x9F:
      return FailReason::kConnectionRate;
    default:
      return FailReason::kConnackOther;
  }
}

bool IsUnwelcome(FailReason reason) {
  return reason == FailReason::kBadCredentials || reason == FailReason::kBanned ||
         reason == FailReason::kConnectionRate;
}

// MQTT 5.0 section 3.14.2.1: codes that tell more than that the broker wanted to end it.
FailReason ReasonOfDisconnect(std::uint8_t code) {
  switch (code) {
    case 0x87:  // also the answer to a publish that is not allowed
      return FailReason::kNotAuthorised;
    case 0x8E:
      return FailReason::kTakenOver;
    case 0x97:
      return FailReason::kQuotaExceeded;
    case 0x9C:
    case 0x9D:
      return FailReason::kUseAnotherServer;
    default:
      return FailReason::kDisconnectedByBroker;
  }
}

std::string Describe(const Connack& connack) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text = "CONNACK 0x";
  text += kDigits[connack.code >> 4];
  text += kDigits[connack.code & 0x0F];
  if (!connack.reason_string.empty()) text += ": " + connack.reason_string;
  if (!connack.server_reference.empty()) text += ", use " + connack.server_reference;
  return text;
}

}  // namespace vitals::mqtt
