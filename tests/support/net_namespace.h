// NetNamespace: a network of its own for the calling thread and for all that it starts from then
// on, with nothing in it but loopback; the old network is back at the end. Firewall rules of a test
// touch nobody else there. Needs root. One owner, one thread.
//
// Source: network_namespaces(7).
#pragma once

#include <string>

#include "agent/core/fd.h"

namespace vitals {

class NetNamespace {
 public:
  NetNamespace();
  ~NetNamespace();
  NetNamespace(const NetNamespace&) = delete;
  NetNamespace& operator=(const NetNamespace&) = delete;

  // False without root.
  bool entered() const { return old_.valid(); }
  // `iptables ARGUMENTS`; whether it worked.
  bool Iptables(const std::string& arguments) const;

 private:
  Fd old_;
};

}  // namespace vitals
