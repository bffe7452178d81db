#include <gmock/gmock.h>

#include "probes/mqtt/proxy_header.h"
#include "tests/support/mount_namespace.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/probes/mqtt/listener_probe_fixture.h"

namespace vitals::mqtt {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

void Welcome(ServerEnd& end) {
  end.ReadPacket();
  end.Send(kWelcome);
  end.WaitForClose();
}

class ListenerStagesTest : public ListenerProbeTest {
 protected:
  // The first bytes that come to a server behind a load balancer, and the connection they came on.
  std::string FirstSegment(const char* host, ProxyProtocol protocol) {
    std::string segment;
    const ScriptedServer server(
        [&](ServerEnd& end) {
          if (segment.empty()) {
            segment = end.ReadSegment();
            pair_ = *PairOf(end.fd());
          }
          end.Send(kWelcome);
          end.WaitForClose();
        },
        host);
    EndpointSettings endpoint = Endpoint(server.port());
    endpoint.host = host;
    endpoint.proxy_protocol = protocol;
    const auto first = FirstOf(endpoint);
    EXPECT_FALSE(first.failure);
    EXPECT_TRUE(TimeOf(first, Stage::kProxy));
    EXPECT_TRUE(TimeOf(first, Stage::kConnack));
    return segment;
  }

  SocketPair pair_;
};

TEST_F(ListenerStagesTest, TheProxyHeaderComesInOneSegmentWithConnect) {
  for (const char* host : {"127.0.0.1", "::1"}) {
    for (const ProxyProtocol protocol : {ProxyProtocol::kV1, ProxyProtocol::kV2}) {
      const std::string segment = FirstSegment(host, protocol);
      const std::string header =
          EncodeProxyHeader(protocol, ProxyCommand::kProxy, {pair_.peer, pair_.local});
      ASSERT_THAT(segment, StartsWith(header));
      EXPECT_EQ(segment[header.size()], '\x10') << "CONNECT follows at once";
    }
  }
}

TEST_F(ListenerStagesTest, ANameIsLookedUpAndItsAddressesAreTriedInTurn) {
  const MountNamespace files;
  if (!files.entered()) GTEST_SKIP() << "SKIPPED: a mount namespace needs root";
  // Sorted by RFC 6724 the first of them comes first, where nobody listens.
  ASSERT_TRUE(files.Replace("/etc/hosts", "127.0.0.1 broker.test\n127.0.0.2 broker.test\n"));
  const ScriptedServer server(Welcome, "127.0.0.2");
  EndpointSettings endpoint = Endpoint(server.port());
  endpoint.host = "broker.test";
  const auto first = FirstOf(endpoint);
  EXPECT_FALSE(first.failure) << first.failure->detail;
  EXPECT_TRUE(TimeOf(first, Stage::kResolve));
  EXPECT_TRUE(TimeOf(first, Stage::kTcp));
}

TEST_F(ListenerStagesTest, ANameThatDoesNotExistIsAFaultOfTheAgent) {
  EndpointSettings endpoint = Endpoint(1);
  endpoint.host = "broker..example";  // refused before any server is asked
  const auto first = FirstOf(endpoint);
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(first.failure->stage, Stage::kResolve);
  EXPECT_EQ(first.failure->reason, FailReason::kDns);
  EXPECT_EQ(first.failure->fault, Fault::kAgent);
  EXPECT_FALSE(first.failure->detail.empty());
  EXPECT_FALSE(first.reacted);
}

TEST_F(ListenerStagesTest, AUnixSocket) {
  const TempDir files;
  const std::string path = files.path() / "broker.sock";
  EndpointSettings endpoint = Endpoint(0);
  endpoint.scheme = "unix";
  endpoint.host.clear();
  endpoint.path = path;

  auto first = FirstOf(endpoint);
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(Name(first.failure->reason), Name(FailReason::kRefused)) << "no such file";

  ScriptedServer server({}, path.c_str());
  first = FirstOf(endpoint);
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(Name(first.failure->reason), Name(FailReason::kTimeout));
  EXPECT_EQ(first.far_end, FarEnd::kCannotSee) << "the kernel shows no far end of a unix socket";

  server.Accept(Welcome);
  first = FirstOf(endpoint);
  EXPECT_FALSE(first.failure) << first.failure->detail;
  EXPECT_TRUE(TimeOf(first, Stage::kTcp));
}

TEST_F(ListenerStagesTest, AFullAcceptQueueOfAUnixSocket) {
  const TempDir files;
  const std::string path = files.path() / "broker.sock";
  const ScriptedServer server({}, path.c_str(), 0);
  sockaddr_storage to{};
  const socklen_t size = FillSockaddr(path, to);
  const Fd filler(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::connect(filler.get(), reinterpret_cast<const sockaddr*>(&to), size), 0);
  EndpointSettings endpoint = Endpoint(0);
  endpoint.scheme = "unix";
  endpoint.path = path;
  const auto first = FirstOf(endpoint);
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(Name(first.failure->reason), Name(FailReason::kSynUnanswered));
}

TEST_F(ListenerStagesTest, BehindAProxyOnlyMqttIsAReaction) {
  EndpointSettings endpoint = Endpoint(0);
  endpoint.via_proxy = true;
  const auto closed = FirstOf([](ServerEnd& end) { end.ReadPacket(); }, endpoint);
  ASSERT_TRUE(closed.failure);
  EXPECT_FALSE(closed.reacted) << "the proxy may have closed";
  const auto refused = FirstOf(
      [](ServerEnd& end) {
        end.ReadPacket();
        end.Send(std::string("\x20\x02\x00\x05", 4));
      },
      endpoint);
  ASSERT_TRUE(refused.failure);
  EXPECT_TRUE(refused.reacted);
}

// haproxy, doc/proxy-protocol.txt, section 2.
TEST(ProxyHeader, IsWhatTheStandardSays) {
  const SocketPair v4{*MakeAddress("127.0.0.1", 40000), *MakeAddress("127.0.0.2", 1883)};
  const SocketPair v6{*MakeAddress("::1", 1), *MakeAddress("::2", 2)};
  EXPECT_EQ(EncodeProxyHeader(ProxyProtocol::kNone, ProxyCommand::kProxy, v4), "");
  EXPECT_EQ(EncodeProxyHeader(ProxyProtocol::kV1, ProxyCommand::kProxy, v4),
            "PROXY TCP4 127.0.0.1 127.0.0.2 40000 1883\r\n");
  EXPECT_EQ(EncodeProxyHeader(ProxyProtocol::kV1, ProxyCommand::kProxy, v6),
            "PROXY TCP6 ::1 ::2 1 2\r\n");
  EXPECT_EQ(EncodeProxyHeader(ProxyProtocol::kV1, ProxyCommand::kLocal, v4), "PROXY UNKNOWN\r\n");
  const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
  EXPECT_EQ(EncodeProxyHeader(ProxyProtocol::kV2, ProxyCommand::kLocal, v4),
            signature + std::string("\x20\x00\x00\x00", 4));
  EXPECT_EQ(
      EncodeProxyHeader(ProxyProtocol::kV2, ProxyCommand::kProxy, v4),
      signature +
          std::string("\x21\x11\x00\x0C\x7F\x00\x00\x01\x7F\x00\x00\x02\x9C\x40\x07\x5B", 16));
  const std::string six = EncodeProxyHeader(ProxyProtocol::kV2, ProxyCommand::kProxy, v6);
  EXPECT_EQ(six.size(), 16u + 36u);
  EXPECT_EQ(six.substr(13, 3), std::string("\x21\x00\x24", 3));
}

}  // namespace
}  // namespace vitals::mqtt
