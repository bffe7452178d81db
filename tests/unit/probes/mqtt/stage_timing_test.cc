// A delay that somebody puts into one stage of a connect is seen in that stage and in no other.
#include <gtest/gtest.h>

#include <array>
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
  // The least time that each stage took beyond the delay, which is measured where it is made.
  std::array<Duration, kStages.size()> BestTimes(Stage delayed, Duration delay) {
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
    const ScriptedServer server([&](ServerEnd& end) {
      reach(Stage::kTls);
      over_tls(end);
    });
    EndpointSettings endpoint = Endpoint(server.port());
    endpoint.scheme = "wss";
    endpoint.path = "/";
    endpoint.tls.ca_file = ca_.file();
    settings_.interval = 20ms;
    box_.Clear();
    Run({endpoint});
    const auto all = box_.Wait<ConnectEvidence>(kConnects);
    probe_.reset();
    std::array<Duration, kStages.size()> best;
    best.fill(Duration::max());
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_FALSE(all[i].failure) << all[i].failure->detail;
      for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
        const Duration sleep = kStages[stage] == delayed ? slept.at(i) : Duration{};
        best[stage] =
            std::min(best[stage], TimeOf(all[i], kStages[stage]).value_or(Duration::max()) - sleep);
      }
    }
    return best;
  }

  TempDir files_;
  CertificateAuthority ca_{files_.path(), "ca"};
};

TEST_F(StageTimingTest, ADelayIsSeenInItsStageOnly) {
  // Of a client that is not delayed; kTcp is none of the stages that are looked at.
  const auto plain = BestTimes(Stage::kTcp, Duration{});
  for (const Duration delay : {Duration(2ms), Duration(50ms)}) {
    for (const Stage delayed : kStages) {
      const auto best = BestTimes(delayed, delay);
      for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
        const Duration error = best[stage] - plain[stage];
        EXPECT_LT(error, std::max<Duration>(delay / 20, plain[stage] + 200us))
            << Seconds(delay) << " s in " << Name(delayed) << " moved " << Name(kStages[stage]);
        EXPECT_GT(best[stage], Duration{}) << "less than the delay that was put in";
      }
    }
  }
}

}  // namespace
}  // namespace vitals::mqtt
