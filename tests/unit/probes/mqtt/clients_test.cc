#include "probes/mqtt/clients.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "agent/core/fd.h"

namespace vitals::mqtt {
namespace {

class ClientsTest : public testing::TestWithParam<const char*> {
 protected:
  ClientsTest() : listener_(::socket(Any().family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage storage{};
    const socklen_t size = FillSockaddr(Any(), storage);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    endpoint_.port = LocalAddress(listener_.get())->port;
  }

  static SocketAddress Any() { return *MakeAddress(GetParam(), 0); }

  Fd Connect() {
    Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage storage{};
    const socklen_t size = FillSockaddr(*MakeAddress("127.0.0.1", endpoint_.port), storage);
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
    return client;
  }

  Fd listener_;
  EndpointSettings endpoint_;
};

TEST_P(ClientsTest, AreThoseWhoAreConnectedButForOurOwn) {
  EXPECT_EQ(CountClients({endpoint_}, {}), 0u);
  const Fd one = Connect();
  const Fd two = Connect();
  EXPECT_EQ(CountClients({endpoint_}, {}), 2u) << "whether accepted or not";
  EXPECT_EQ(CountClients({endpoint_}, {*LocalAddress(two.get())}), 1u);
  EXPECT_EQ(CountClients({endpoint_, endpoint_}, {}), 2u) << "nobody is counted twice";
}

TEST_P(ClientsTest, CanNotBeCountedWhereTheBrokerIsNotSeen) {
  EndpointSettings elsewhere = endpoint_;
  listener_.Close();
  EXPECT_FALSE(CountClients({elsewhere}, {}));
  elsewhere.scheme = "unix";
  EXPECT_FALSE(CountClients({elsewhere}, {}));
}

TEST_P(ClientsTest, BehindAProxyAreNotCounted) {
  endpoint_.via_proxy = true;
  EXPECT_FALSE(CountClients({endpoint_}, {}));
}

INSTANTIATE_TEST_SUITE_P(Addresses, ClientsTest, testing::Values("127.0.0.1", "0.0.0.0", "::"));

}  // namespace
}  // namespace vitals::mqtt
