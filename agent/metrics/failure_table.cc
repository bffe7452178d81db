#include "agent/metrics/failure_table.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <vector>

namespace vitals {
namespace {

using enum FailReason;

// A peer that goes silent or away can do so wherever an answer is awaited.
constexpr FailReason kNoAnswer[] = {kReset, kClosed, kUnread, kUnanswered, kTimeout};

constexpr FailReason kTcpReasons[] = {kRefused, kSynUnanswered,  kUnreachable,  kReset,
                                      kTimeout, kAgentResources, kAgentInternal};
constexpr FailReason kTlsReasons[] = {kTlsAlert,           kTlsProtocol,
                                      kCertificateExpired, kCertificateAuthority,
                                      kCertificateName,    kClientCertificate};
// With a full accept queue the connect may look done to us, and to the broker not even begun.
constexpr FailReason kConnackReasons[] = {
    kMalformed,        kProtocolVersion, kClientIdRejected, kServerUnavailable, kBadCredentials,
    kNotAuthorised,    kServerBusy,      kBanned,           kBadAuthMethod,     kQuotaExceeded,
    kUseAnotherServer, kConnectionRate,  kConnackOther,     kSynUnanswered};

std::vector<ExpectedFailure> Build() {
  std::vector<ExpectedFailure> table;
  const auto add = [&](ProbeKind probe, Stage stage, std::span<const FailReason> reasons) {
    for (const FailReason reason : reasons) table.push_back({probe, stage, reason});
  };
  const auto one = [&](ProbeKind probe, Stage stage, std::initializer_list<FailReason> reasons) {
    add(probe, stage, {reasons.begin(), reasons.size()});
  };
  for (const ProbeKind probe : {ProbeKind::kListener, ProbeKind::kRoundTrip}) {
    one(probe, Stage::kResolve, {kDns});
    add(probe, Stage::kTcp, kTcpReasons);
    add(probe, Stage::kTls, kTlsReasons);
    add(probe, Stage::kTls, kNoAnswer);
    one(probe, Stage::kUpgrade, {kUpgradeStatus, kUpgradeInvalid});
    add(probe, Stage::kUpgrade, kNoAnswer);
    add(probe, Stage::kConnack, kConnackReasons);
    add(probe, Stage::kConnack, kNoAnswer);
  }
  one(ProbeKind::kRoundTrip, Stage::kSuback, {kSubackRefused, kAgentInternal});
  add(ProbeKind::kRoundTrip, Stage::kSuback, kNoAnswer);
  one(ProbeKind::kRoundTrip, Stage::kDelivery,
      {kDeliveryTimeout, kPubackRefused, kUnread, kAgentInternal});
  one(ProbeKind::kRoundTrip, Stage::kSession,
      {kReset, kClosed, kUnread, kTimeout, kDisconnectedByBroker, kTakenOver, kNotAuthorised,
       kQuotaExceeded, kUseAnotherServer, kAgentInternal});
  return table;
}

bool IsNumeric(const std::string& host) {
  in6_addr scrap{};
  return ::inet_pton(AF_INET, host.c_str(), &scrap) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &scrap) == 1;
}

}  // namespace

std::span<const ExpectedFailure> ExpectedFailures() {
  static const std::vector<ExpectedFailure> table = Build();
  return table;
}

bool PassesThrough(const EndpointSettings& endpoint, Stage stage) {
  switch (stage) {
    case Stage::kResolve:
      return !endpoint.IsUnix() && !IsNumeric(endpoint.host);
    case Stage::kTls:
      return endpoint.UsesTls();
    case Stage::kUpgrade:
      return endpoint.UsesWebSocket();
    case Stage::kProxy:
      return endpoint.proxy_protocol != ProxyProtocol::kNone;
    default:
      return true;
  }
}

}  // namespace vitals
