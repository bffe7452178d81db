#include "agent/core/failure.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<Stage, kStageCount> kStages{
    {"resolve", "tcp", "proxy", "tls", "upgrade", "connack", "suback", "delivery", "session"}};

constexpr NameTable<Fault, kFaultCount> kFaults{{"broker", "agent", "unknown"}};

constexpr NameTable<FailReason, kFailReasonCount> kReasons{{"refused",
                                                            "syn_unanswered",
                                                            "unreachable",
                                                            "reset",
                                                            "closed",
                                                            "unread",
                                                            "unanswered",
                                                            "timeout",
                                                            "dns",
                                                            "agent_resources",
                                                            "agent_internal",
                                                            "tls_alert",
                                                            "tls_protocol",
                                                            "certificate_expired",
                                                            "certificate_authority",
                                                            "certificate_name",
                                                            "client_certificate",
                                                            "upgrade_status",
                                                            "upgrade_invalid",
                                                            "malformed",
                                                            "protocol_version",
                                                            "client_id_rejected",
                                                            "server_unavailable",
                                                            "bad_credentials",
                                                            "not_authorised",
                                                            "server_busy",
                                                            "banned",
                                                            "bad_auth_method",
                                                            "quota_exceeded",
                                                            "use_another_server",
                                                            "connection_rate",
                                                            "connack_other",
                                                            "suback_refused",
                                                            "puback_refused",
                                                            "delivery_timeout",
                                                            "disconnected_by_broker",
                                                            "taken_over"}};

}  // namespace

std::string_view Name(Stage stage) { return kStages.Name(stage); }
std::string_view Name(Fault fault) { return kFaults.Name(fault); }
std::string_view Name(FailReason reason) { return kReasons.Name(reason); }

Fault DefaultFault(FailReason reason) {
  switch (reason) {
    // What only the agent's own configuration, credentials or limits can cause.
    case FailReason::kDns:
    case FailReason::kAgentResources:
    case FailReason::kAgentInternal:
    case FailReason::kCertificateAuthority:
    case FailReason::kCertificateName:
    case FailReason::kClientCertificate:
    case FailReason::kProtocolVersion:
    case FailReason::kClientIdRejected:
    case FailReason::kBadCredentials:
    case FailReason::kNotAuthorised:
    case FailReason::kBanned:
    case FailReason::kBadAuthMethod:
    case FailReason::kSubackRefused:
    case FailReason::kPubackRefused:
    case FailReason::kTakenOver:
      return Fault::kAgent;
    // A path that another party may have broken: the network, or a peer that speaks something else.
    case FailReason::kUnreachable:
    case FailReason::kTlsAlert:
    case FailReason::kTlsProtocol:
    case FailReason::kUpgradeStatus:
    case FailReason::kUpgradeInvalid:
    case FailReason::kMalformed:
    case FailReason::kUseAnotherServer:
    case FailReason::kConnackOther:
      return Fault::kUnknown;
    default:
      return Fault::kBroker;
  }
}

}  // namespace vitals
