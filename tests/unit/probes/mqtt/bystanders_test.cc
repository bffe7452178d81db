#include "probes/mqtt/bystanders.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>

#include "agent/core/fd.h"
#include "probes/mqtt/listener_endpoint.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/probes/mqtt/evidence_box.h"
#include "tests/unit/probes/mqtt/scripted_server.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""s;

Fd ListenOn(const char* host) {
  Fd fd(::socket(MakeAddress(host, 0)->family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  const socklen_t size = FillSockaddr(*MakeAddress(host, 0), storage);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
  EXPECT_EQ(::listen(fd.get(), 16), 0);
  return fd;
}

// A client of the listener, and the listener's end of it where that was accepted.
struct Client {
  Fd own, accepted;
  SocketAddress address() const { return *LocalAddress(own.get()); }
};

class BystandersTest : public testing::Test {
 protected:
  explicit BystandersTest(const char* host = "127.0.0.1")
      : listener_(ListenOn(host)),
        address_(*MakeAddress("127.0.0.1", LocalAddress(listener_.get())->port)) {}

  Client Connect(bool accept = true) {
    Client client{Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), {}};
    sockaddr_storage storage{};
    const socklen_t size = FillSockaddr(address_, storage);
    EXPECT_EQ(::connect(client.own.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
    if (accept) client.accepted = Fd(::accept(listener_.get(), nullptr, nullptr));
    return client;
  }

  static void Say(const Fd& from) { EXPECT_EQ(::send(from.get(), "x", 1, MSG_NOSIGNAL), 1); }
  static void Take(const Fd& at) {
    char byte = 0;
    EXPECT_EQ(::recv(at.get(), &byte, 1, 0), 1);
  }

  Fd listener_;
  SocketAddress address_;
};

TEST_F(BystandersTest, OneWhoseBytesWereTakenIsServed) {
  const Client client = Connect();
  Say(client.own);
  Take(client.accepted);
  const Bystanders found = LookAtBystanders(address_, {});
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.seen, 1u);
  ASSERT_TRUE(found.newest_read);
  EXPECT_LT(*found.newest_read, 10s);
  EXPECT_FALSE(found.newest_answer) << "nothing was sent to it";
}

TEST_F(BystandersTest, OneThatGotBytesIsAnswered) {
  const Client client = Connect();
  Say(client.accepted);
  EXPECT_TRUE(LookAtBystanders(address_, {}).newest_answer);
}

TEST_F(BystandersTest, OneWithUnreadBytesIsNotServed) {
  const Client client = Connect();
  Say(client.own);
  const Bystanders found = LookAtBystanders(address_, {});
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.seen, 1u);
  EXPECT_FALSE(found.newest_read);
}

TEST_F(BystandersTest, OneInTheAcceptQueueIsNobodys) {
  const Client client = Connect(false);
  const Bystanders found = LookAtBystanders(address_, {});
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.seen, 0u);
  EXPECT_FALSE(found.newest_read);
}

TEST_F(BystandersTest, OursAreLeftOut) {
  const Client ours = Connect();
  EXPECT_EQ(LookAtBystanders(address_, {ours.address()}).seen, 0u);
  OwnSockets own_sockets;
  EXPECT_EQ(LookAtBystanders(address_, own_sockets.Ends()).seen, 0u);
}

TEST_F(BystandersTest, AnotherListenerOfThePortIsNotTheBroker) {
  // As a proxy that listens on the pod's address and forwards to the broker on loopback.
  const Fd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  const auto elsewhere = *MakeAddress("127.0.0.2", address_.port);
  const socklen_t size = FillSockaddr(elsewhere, storage);
  ASSERT_EQ(::bind(other.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
  ASSERT_EQ(::listen(other.get(), 1), 0);
  const Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
  const Fd accepted(::accept(other.get(), nullptr, nullptr));
  EXPECT_EQ(LookAtBystanders(address_, {}).seen, 0u);
  EXPECT_EQ(LookAtBystanders(elsewhere, {}).seen, 1u);
}

TEST_F(BystandersTest, LookThatWasCutShortSaysSo) {
  const Client client = Connect();
  Say(client.own);
  EXPECT_FALSE(LookAtBystanders(address_, {}, 0).complete);
}

class MappedBystandersTest : public BystandersTest {
 protected:
  MappedBystandersTest() : BystandersTest("::") {}
};

TEST_F(MappedBystandersTest, ClientsOfAWildcardListenerAreSeen) {
  const Client client = Connect();
  const Bystanders found = LookAtBystanders(address_, {});
  EXPECT_EQ(found.seen, 1u);
  EXPECT_TRUE(found.newest_read) << "it was accepted a moment ago";
}

// All our connects lie unaccepted, and another client was served two seconds ago.
class Exhausted final : public FarEndView {
 public:
  bool CanSee(int) const override { return true; }
  FarEndLook Look(const SocketPair&) override { return {FarEnd::kUnaccepted, 18}; }
  ListenQueue LookAtListener(const SocketAddress&) override { return ListenQueue::kHasRoom; }
  Bystanders LookAtOthers(const SocketAddress&, const std::vector<SocketAddress>& ours) override {
    our_ends = ours.size();
    return {.complete = true, .seen = 3, .newest_read = 2s, .newest_answer = {}};
  }
  std::size_t our_ends = 0;
};

TEST(ListenerEndpointLooks, AtOthersEveryTenSecondsOfSilence) {
  ScriptedServer server;
  EndpointSettings endpoint;
  endpoint.port = server.port();
  endpoint.mqtt_version = 4;
  FakeClock clock;
  Exhausted view;
  OwnSockets own_sockets;
  EvidenceBox box;
  std::uint64_t serials = 0;
  ListenerSettings settings;
  settings.hard_deadline = 10s;
  const Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  ListenerEndpoint looking(endpoint, settings, MakeIdentity(),
                           ConnectRoom{epoll.get(), -1, 0, own_sockets, view, clock}, serials, box);
  for (int second = 0; second <= 25; ++second) {
    looking.Turn();
    if (second < 10) {
      EXPECT_TRUE(box.All<BystanderLook>().empty());
    }
    clock.Advance(1s);
  }
  const auto looks = box.All<BystanderLook>();
  ASSERT_EQ(looks.size(), 2u);
  EXPECT_TRUE(looks[0].complete);
  EXPECT_EQ(looks[0].seen, 3u);
  EXPECT_EQ(*looks[1].read_at - *looks[0].read_at, 10s);
  EXPECT_GE(view.our_ends, 3u) << "the pending connects are ours";
}

}  // namespace
}  // namespace vitals::mqtt
