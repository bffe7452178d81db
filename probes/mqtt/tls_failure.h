// What OpenSSL's errors mean in the closed list of reasons. Takes them from the error queue of the
// calling thread, and leaves it empty.
//
// Sources: RFC 8446 section 6.2 (alerts); openssl: verify(1), ERR_get_error(3).
#pragma once

#include <string>

#include "agent/core/failure.h"

namespace vitals::mqtt {

// The first error of the queue, for people.
std::string TakeTlsErrorText();

// Why a handshake failed, by the error queue. `certificate_wanted`: the peer asked for a
// certificate and the agent has none.
Failure TakeTlsFailure(bool certificate_wanted);

// The reason of a certificate that did not pass; `verify_error` is one of X509_V_ERR_*.
FailReason ReasonOfVerifyError(int verify_error);
Failure VerifyFailure(int verify_error);

}  // namespace vitals::mqtt
