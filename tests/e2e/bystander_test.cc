// A broker without free descriptors leaves our connects in its accept queue, as a frozen one does;
// but it goes on serving who is in. NATS: Mosquitto closes what it can't keep.
#include <thread>

#include "tests/e2e/e2e.h"
#include "tests/support/connection.h"
#include "tests/support/nats_broker.h"
#include "tests/support/process_use.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

constexpr std::string_view kConnect(
    "\x10\x12\0\x04MQTT\x04\x02\0\0\0\x06"
    "others",
    20);
constexpr std::string_view kPing("\xC0\0", 2);

// A client of somebody else's that has been in for long, and pings.
class Bystander {
 public:
  explicit Bystander(std::uint16_t port) : connection_(Connection::Open(port, 120s)) {
    in_ = connection_ && connection_->Send(kConnect) && connection_->Read(4).size() == 4;
  }
  bool Pings() { return in_ = in_ && connection_->Send(kPing) && connection_->Read(2).size() == 2; }

 private:
  std::optional<Connection> connection_;
  bool in_ = false;
};

TEST(BystanderTest, AgentThatStartsWhileDescriptorsAreExhaustedKillsNobody) {
  if (!NatsBroker::Available()) GTEST_SKIP() << NotFound("nats-server");
  NatsBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  Bystander bystander(broker.port());
  ASSERT_TRUE(bystander.Pings());
  ExhaustDescriptors(broker.pid());

  AgentProcess agent(Watching(broker, {"--profile", "nats"}),
                     {"MQTT_VITALS__POLICY__LIVENESS_WINDOW=15s"});
  ASSERT_TRUE(Ok(agent.Start()));
  const auto reason = [&] { return agent.Status()["verdicts"]["liveness"]["reason"]; };
  EXPECT_TRUE(WaitUntil(kPatience, [&] {
    return bystander.Pings() && reason() == "others_served";
  })) << agent.Story();
  // Past the window, and the next look.
  const auto failed = WaitUntil(12s, [&] { return !bystander.Pings() || !agent.Alive(); });
  EXPECT_FALSE(failed) << agent.Story();
  EXPECT_FALSE(agent.Ready());
  EXPECT_EQ(reason(), "others_served") << agent.Story();
}

}  // namespace
}  // namespace vitals
