// Identity: what makes this run of this agent different from every other one, so that two replicas
// or two incarnations of one pod never take over each other's MQTT sessions and never take each
// other's messages for their own.
//
// Made once by the application, copied into the probes. Immutable; any thread may read it. It is no
// secret: it travels in client ids, topics and payloads.
//
// Source: MQTT 3.1.1 section 3.1.3.1 (client ids of 1 to 23 characters of [0-9a-zA-Z] are always
// allowed; brokers accept the dash too).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vitals::mqtt {

struct Identity {
  std::string instance;     // end of the host name + random, [0-9a-z]{1,10}: topic level, client id
  std::uint64_t nonce = 0;  // random, goes into payloads only
};

// From the machine's host name and the kernel's random source.
Identity MakeIdentity();
// The same from given parts.
Identity MakeIdentity(std::string_view host_name, std::uint64_t random);

// "mqv" + kind + "-" + instance + "-" + serial in base 36: at most 23 characters.
std::string ClientId(const Identity& identity, char kind, std::uint64_t serial);

}  // namespace vitals::mqtt
