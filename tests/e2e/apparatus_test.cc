// The brokers and helpers of these tests do what the other tests believe of them.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "tests/e2e/e2e.h"
#include "tests/support/connack.h"
#include "tests/support/connection.h"
#include "tests/support/free_port.h"
#include "tests/support/haproxy.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"

namespace vitals {
namespace {

// A frozen broker still accepts TCP, which is why a TCP check proves nothing.
void FreezeAndThaw(Broker& broker) {
  ASSERT_TRUE(Ok(broker.Start()));
  EXPECT_EQ(AskConnack(broker.port(), 10s), 0);
  broker.Freeze();
  EXPECT_TRUE(Connection::Open(broker.port(), 1s).has_value());
  EXPECT_EQ(AskConnack(broker.port(), 300ms), std::nullopt);
  broker.Thaw();
  EXPECT_EQ(AskConnack(broker.port(), 10s), 0);
  broker.Kill9();
  EXPECT_FALSE(Connection::Open(broker.port(), 1s).has_value());
  ASSERT_TRUE(Ok(broker.Start()));
  EXPECT_EQ(AskConnack(broker.port(), 10s), 0);
  broker.Stop();
}

TEST(Apparatus, HiveMqFreezesAndThaws) {
  if (!HiveMqBroker::Available()) GTEST_SKIP() << NotFound("HiveMQ CE");
  HiveMqBroker broker;
  FreezeAndThaw(broker);
  EXPECT_NE(ReadFile(broker.log()).find("Started HiveMQ in"), std::string::npos);
}

TEST(Apparatus, NatsFreezesAndThaws) {
  if (!NatsBroker::Available()) GTEST_SKIP() << NotFound("nats-server");
  NatsBroker broker;
  FreezeAndThaw(broker);
}

TEST(Apparatus, HaProxyAsksForAHeaderAndResetsWhereItShall) {
  if (!HaProxy::Available()) GTEST_SKIP() << NotFound("haproxy");
  if (!NatsBroker::Available()) GTEST_SKIP() << NotFound("nats-server");
  NatsBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  HaProxy proxy(
      {{.to = broker.port(), .accept_proxy = true}, {.to = broker.port(), .reject = true}});
  ASSERT_TRUE(Ok(proxy.Start()));
  EXPECT_EQ(AskConnack(proxy.routes()[0].port, 5s, kSomeProxyHeader), 0);
  EXPECT_EQ(AskConnack(proxy.routes()[0].port, 5s), std::nullopt);
  EXPECT_EQ(AskConnack(proxy.routes()[1].port, 5s), std::nullopt);
}

class ApparatusTest : public MosquittoTest {};

TEST_F(ApparatusTest, MosquittoFreezesAndThaws) {
  MosquittoBroker broker;
  FreezeAndThaw(broker);
  EXPECT_NE(ReadFile(broker.log()).find(" running"), std::string::npos);
}

TEST_F(ApparatusTest, MosquittoAsksForAPassword) {
  MosquittoBroker broker({.username = "someone", .password = "right"});
  ASSERT_TRUE(Ok(broker.Start()));
  EXPECT_EQ(AskConnack(broker.port()), 5);
}

TEST_F(ApparatusTest, ClientsReachTheBroker) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  EXPECT_EQ(Publish(broker, "a/b", "kept", true), 0);
  EXPECT_EQ(NextTopic(broker, "a/#"), "a/b");
}

// A broker that is about to listen shall find its port free, however many clients connect.
TEST(Apparatus, FreePortsAreNobodyElses) {
  unsigned first_of_clients = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first_of_clients;
  std::set<unsigned> ports;
  for (int i = 0; i < 100; ++i) ports.insert(FreePort());
  EXPECT_EQ(ports.size(), 100u) << "each only once";
  EXPECT_LT(*ports.rbegin(), first_of_clients);
}

TEST(Apparatus, AProcessIsWaitedForAndItsEndIsTold) {
  const TempDir folder;
  const auto done =
      RunToEnd({.name = "sh", .folder = folder.path(), .args = {"sh", "-c", "echo out; exit 3"}});
  EXPECT_EQ(done.code, 3);
  EXPECT_EQ(done.out, "out\n");
  const auto endless =
      Process::Start({.name = "sleep", .folder = folder.path(), .args = {"sleep", "60"}});
  ASSERT_TRUE(Ok(endless));
  EXPECT_EQ((*endless)->WaitExit(20ms), std::nullopt);
  (*endless)->Signal(SIGTERM);
  EXPECT_EQ((*endless)->WaitExit(5s), 128 + SIGTERM);
}

}  // namespace
}  // namespace vitals
