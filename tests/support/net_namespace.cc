#include "tests/support/net_namespace.h"

#include <fcntl.h>
#include <sched.h>

#include <cstdlib>

#include "gtest/gtest.h"

namespace vitals {

NetNamespace::NetNamespace() {
  Fd old(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!old || ::unshare(CLONE_NEWNET) != 0) return;
  old_ = std::move(old);
  EXPECT_EQ(std::system("ip link set lo up"), 0);
}

NetNamespace::~NetNamespace() {
  if (!entered()) return;
  EXPECT_EQ(::setns(old_.get(), CLONE_NEWNET), 0);
}

bool NetNamespace::Iptables(const std::string& arguments) const {
  return std::system(("iptables " + arguments).c_str()) == 0;
}

}  // namespace vitals
