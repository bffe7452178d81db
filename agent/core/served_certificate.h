// ServedCertificate: evidence of its own, beside whether a client got in. Value type, any thread.
#pragma once

#include "agent/core/time.h"

namespace vitals {

// What a listener showed of itself in the TLS handshake, also if the agent refused it.
struct ServedCertificate {
  WallTime expires{};    // the first of its chain to do so
  bool trusted = false;  // signed by a CA that the agent trusts
  bool name_ok = false;  // holds the name that the agent expects
  bool operator==(const ServedCertificate&) const = default;
};

}  // namespace vitals
