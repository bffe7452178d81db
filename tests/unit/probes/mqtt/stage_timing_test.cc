// A delay that somebody puts into one stage of a connect is seen in that stage and in no other.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>

#include "probes/mqtt/websocket_upgrade.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/probes/mqtt/listener_probe_fixture.h"
#include "tests/unit/probes/mqtt/tls_server.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""us;

constexpr std::array kStages{Stage::kTls, Stage::kUpgrade, Stage::kConnack};
// The best of so many tells what the program does; the others, what else ran on the machine.
constexpr std::size_t kConnects = 8;

class StageTimingTest : public ListenerProbeTest {
 protected:
  struct Times {
    Duration least = Duration::max();
    Duration most{};
  };
  // What each stage took beyond the delay, which is measured where it is made: less than nothing
  // if the server began to wait before the probe, descheduled, began to count.
  std::array<Times, kStages.size()> TimesBeyond(Stage delayed, Duration delay) {
    std::vector<Duration> slept;
    const auto reach = [&](Stage stage) {
      if (stage != delayed) return;
      const Time begin = clock_.Now();
      std::this_thread::sleep_for(delay);
      slept.push_back(clock_.Now() - begin);
    };
    const auto over_tls = OverTls({ca_.Issue("server")}, [&](TlsEnd& end) {
      const std::string request = end.Read();
      const std::size_t key = request.find("Key: ") + 5;
      reach(Stage::kUpgrade);
      end.Send(
          "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: " +
          AcceptOf(request.substr(key, 24)) + "\r\n\r\n");
      end.Read();
      reach(Stage::kConnack);
      end.Send("\x82\x04" + kWelcome);
    });
    auto server = std::make_unique<ScriptedServer>([&](ServerEnd& end) {
      reach(Stage::kTls);
      over_tls(end);
    });
    EndpointSettings endpoint = Endpoint(server->port());
    endpoint.scheme = "wss";
    endpoint.path = "/";
    endpoint.tls.ca_file = ca_.file();
    settings_.interval = 20ms;
    settings_.soft_deadline = settings_.hard_deadline = 10s;  // no delay is a failure here
    box_.Clear();
    Run({endpoint});
    const auto all = box_.Wait<ConnectEvidence>(kConnects);
    probe_.reset();
    server.reset();  // its thread writes `slept`
    std::array<Times, kStages.size()> times;
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_FALSE(all[i].failure) << all[i].failure->detail;
      for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
        const Duration sleep = kStages[stage] == delayed ? slept.at(i) : Duration{};
        const auto took = TimeOf(all[i], kStages[stage]);
        EXPECT_TRUE(took);
        times[stage].least = std::min(times[stage].least, took.value_or(Duration::max()) - sleep);
        times[stage].most = std::max(times[stage].most, took.value_or(Duration{}) - sleep);
      }
    }
    return times;
  }

  TempDir files_;
  CertificateAuthority ca_{files_.path(), "ca"};
};

TEST_F(StageTimingTest, ADelayIsSeenInItsStageOnly) {
  // Of a client that is not delayed; kTcp is none of the stages that are looked at.
  const auto plain = TimesBeyond(Stage::kTcp, Duration{});
  for (const Duration delay : {Duration(2ms), Duration(50ms)}) {
    for (const Stage delayed : kStages) {
      const auto times = TimesBeyond(delayed, delay);
      for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
        const Duration usual = plain[stage].least;
        EXPECT_LT(times[stage].least - usual, std::max<Duration>(delay / 20, usual + 200us))
            << Seconds(delay) << " s in " << Name(delayed) << " moved " << Name(kStages[stage]);
        EXPECT_GT(times[stage].most, Duration{}) << "never as much as the delay that was put in";
      }
    }
  }
}

}  // namespace
}  // namespace vitals::mqtt
