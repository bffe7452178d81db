#include "probes/mqtt/socket_error.h"

#include <cerrno>
#include <system_error>

namespace vitals::mqtt {
namespace {

bool IsOwnResource(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    case ENOSPC:  // epoll_ctl: max_user_watches
    case EADDRNOTAVAIL:
    case EADDRINUSE:
    case EAGAIN:  // no free port for this destination
      return true;
    default:
      return false;
  }
}

}  // namespace

FailReason ReasonOfConnectError(int error) {
  if (IsOwnResource(error)) return FailReason::kAgentResources;
  switch (error) {
    case ECONNREFUSED:
      return FailReason::kRefused;
    case ETIMEDOUT:
      return FailReason::kSynUnanswered;
    case ECONNRESET:
      return FailReason::kReset;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EAFNOSUPPORT:  // no IPv6 on this machine
    case EACCES:        // a local firewall
    case EPERM:
      return FailReason::kUnreachable;
    default:
      return FailReason::kAgentInternal;
  }
}

FailReason ReasonOfUnixConnectError(int error) {
  if (error == EAGAIN) return FailReason::kSynUnanswered;
  if (error == ENOENT) return FailReason::kRefused;
  return ReasonOfConnectError(error);
}

FailReason ReasonOfStreamError(int error) {
  if (IsOwnResource(error)) return FailReason::kAgentResources;
  switch (error) {
    case ECONNRESET:
    case EPIPE:
      return FailReason::kReset;
    case ETIMEDOUT:
      return FailReason::kTimeout;
    case ENETUNREACH:
    case EHOSTUNREACH:
      return FailReason::kUnreachable;
    default:
      return FailReason::kAgentInternal;
  }
}

std::string ErrorText(int error) { return std::generic_category().message(error); }

}  // namespace vitals::mqtt
