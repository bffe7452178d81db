// What the packaged client library does to those who trust it (Paho MQTT C++ 1.2.0), and that none
// of it reaches the broker's verdict.
#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "probes/mqtt/paho_session.h"
#include "probes/mqtt/round_trip_probe.h"
#include "tests/unit/probes/mqtt/evidence_box.h"
#include "tests/unit/probes/mqtt/scripted_server.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::string_literals::operator""s;

// A clock that does something to threads of one name when they ask for the time: by default to
// those of the library, which do so in every callback of ours.
class TrapClock final : public Clock {
 public:
  enum class Trap { kNone, kHang, kThrow };

  Time Now() const override {
    Spring();
    return std::chrono::steady_clock::now();
  }
  WallTime Wall() const override { return std::chrono::system_clock::now(); }

  void Set(Trap trap, std::string_view threads = "MQTTAsync") {
    {
      const std::lock_guard lock(mutex_);
      trap_ = trap;
      threads_ = threads;
    }
    changed_.notify_all();
  }
  // Until a thread hangs in it.
  void WaitForCatch() const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return caught_; });
  }

 private:
  void Spring() const {
    std::array<char, 16> name{};
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
    std::unique_lock lock(mutex_);
    if (trap_ == Trap::kNone || !std::string_view(name.data()).starts_with(threads_)) return;
    if (trap_ == Trap::kThrow) throw std::runtime_error("from a callback");
    caught_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return trap_ == Trap::kNone; });
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Trap trap_ = Trap::kNone;
  std::string_view threads_;
  mutable bool caught_ = false;
};

class PahoTrapsTest : public testing::Test {
 protected:
  void Run(std::uint16_t port) {
    EndpointSettings endpoint;
    endpoint.port = port;
    endpoint.mqtt_version = 4;
    endpoint.round_trip = true;
    probe_ = std::make_unique<RoundTripProbe>(std::vector{endpoint}, RoundTripSettings{},
                                              MakeIdentity(), own_sockets_, far_end_, clock_, box_);
    probe_->Start();
  }
  // The next result that is good, or that is not.
  RoundTripEvidence WaitForRound(bool good) {
    box_.Clear();
    for (std::size_t count = 1;; ++count) {
      const auto rounds = box_.Wait<RoundTripEvidence>(count);
      if (rounds.back().failure.has_value() != good || HasFailure()) return rounds.back();
    }
  }

  TrapClock clock_;
  KernelFarEnd far_end_;
  OwnSockets own_sockets_;
  EvidenceBox box_;
  std::unique_ptr<RoundTripProbe> probe_;
};

TEST_F(PahoTrapsTest, AHangOfTheLibraryIsNoticedAndIsOurOwn) {
  ScriptedServer server(Echo);
  Run(server.port());
  WaitForRound(true);
  clock_.Set(TrapClock::Trap::kHang);
  const Time since = std::chrono::steady_clock::now();
  const RoundTripEvidence round = WaitForRound(false);
  EXPECT_LT(std::chrono::steady_clock::now() - since, 5s);
  EXPECT_EQ(round.failure->reason, FailReason::kAgentInternal);
  EXPECT_EQ(round.failure->fault, Fault::kAgent);
  clock_.Set(TrapClock::Trap::kNone);
  EXPECT_FALSE(WaitForRound(true).failure) << "and so is its end";
}

// One client whose end hangs (its relay does) holds up those that wait behind it: whoever goes on
// opening and dropping sessions is stopped.
TEST_F(PahoTrapsTest, NoMoreAreOpenedThanTheLibraryLetsGo) {
  ScriptedServer server(Echo);
  Bell bell;
  PahoSessions sessions(own_sockets_, far_end_, clock_, bell);
  SessionSpec spec;
  spec.endpoint.port = server.port();
  spec.endpoint.mqtt_version = 4;
  SessionSpec relayed = spec;
  relayed.endpoint.proxy_protocol = ProxyProtocol::kV2;
  clock_.Set(TrapClock::Trap::kHang, "relay");
  auto opened = sessions.Open(relayed);
  ASSERT_TRUE(opened);
  clock_.WaitForCatch();
  int dropped = 0;
  for (; opened && dropped < 100; ++dropped) opened = sessions.Open(spec);
  ASSERT_FALSE(opened);
  EXPECT_GE(dropped, 32);
  EXPECT_EQ(opened.error().message, "the client library does not let its clients go");
  clock_.Set(TrapClock::Trap::kNone);
  const Time limit = clock_.Now() + 60s;
  while (!opened && clock_.Now() < limit) {
    std::this_thread::sleep_for(10ms);
    opened = sessions.Open(spec);
  }
  EXPECT_TRUE(opened) << "again, once they have gone";
}

TEST_F(PahoTrapsTest, AnExceptionInACallbackEndsNothing) {
  ScriptedServer server(Echo);
  Run(server.port());
  WaitForRound(true);
  clock_.Set(TrapClock::Trap::kThrow);
  EXPECT_TRUE(WaitForRound(false).failure);
  clock_.Set(TrapClock::Trap::kNone);
  EXPECT_FALSE(WaitForRound(true).failure);
}

TEST_F(PahoTrapsTest, AProxyInTheEnvironmentIsNotAsked) {
  const std::string nobody = "http://127.0.0.1:" + std::to_string(ClosedPort());
  for (const char* name : {"http_proxy", "https_proxy"}) ::setenv(name, nobody.c_str(), 1);
  ScriptedServer server(Echo);
  Run(server.port());
  EXPECT_FALSE(WaitForRound(true).failure);
}

TEST_F(PahoTrapsTest, ARefusedConnectIsNotTriedAgainInAnOlderVersion) {
  std::mutex mutex;
  std::string levels;
  ScriptedServer server([&](ServerEnd& end) {
    const std::string connect = end.ReadPacket();
    const std::lock_guard lock(mutex);
    levels += connect.size() > 8 ? connect.at(8) : '?';
    end.Send("\x20\x02\x00\x03"s);
  });
  Run(server.port());
  // The library would come again after a second; we ourselves do so sooner.
  box_.Wait<RoundTripEvidence>(3);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(levels, std::string(levels.size(), '\x04'));
}

}  // namespace
}  // namespace vitals::mqtt
