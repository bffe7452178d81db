// A delay that somebody puts into one stage of a connect is seen in that stage and in no other: a
// slow name server, a wire that holds up the answer to a SYN, a server that waits in the middle of
// a handshake.
#include <gtest/gtest.h>

#include <array>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <thread>

#include "probes/mqtt/websocket_upgrade.h"
#include "tests/support/mount_namespace.h"
#include "tests/support/net_namespace.h"
#include "tests/support/packet_relay.h"
#include "tests/support/slow_names.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/probes/mqtt/listener_probe_fixture.h"
#include "tests/unit/probes/mqtt/tls_server.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""us;

constexpr std::array kStages{Stage::kResolve, Stage::kTcp,     Stage::kProxy,
                             Stage::kTls,     Stage::kUpgrade, Stage::kConnack};
// Nobody answers a PROXY header: who is slow to read it is slow in the stage after.
constexpr std::array kDelayed{Stage::kResolve, Stage::kTcp, Stage::kTls, Stage::kUpgrade,
                              Stage::kConnack};
// The best connect tells what the program does; the others, what else ran on the machine. What is
// wrong in the program stays wrong however many there are.
constexpr std::size_t kFewConnects = 10;
constexpr std::size_t kManyConnects = 320;

// A handshake of TLS is work of both sides, which takes longer on a core that has just slept; and
// a sanitizer makes everything work. A stage that nobody delays may take twice as long as usual: it
// waits for another thread of this test, which waits for a core.
Duration Tolerance(Stage stage, Stage delayed, Duration delay, Duration usual) {
  Duration work = stage == Stage::kTls || stage != delayed ? usual : Duration{};
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  work = usual + 1ms;
#endif
  return std::max<Duration>(delay / 20, 200us) + work;
}

struct Times {
  Duration least = Duration::max();
  Duration most{};
};
using AllTimes = std::array<Times, kStages.size()>;

class StageTimingTest : public ListenerProbeTest {
 protected:
  void SetUp() override {
    if (!net_.entered() || !files_of_system_.entered()) {
      GTEST_SKIP() << "SKIPPED: namespaces need root";
    }
    ASSERT_TRUE(files_of_system_.Replace("/etc/resolv.conf", SlowNames::kResolvConf));
  }

  // What each stage took beyond the delay, which is measured where it is made: less than nothing
  // if the delay began before the probe, descheduled, began to count. Connects until `enough`.
  template <typename Enough>
  AllTimes TimesBeyond(Stage delayed, Duration delay, Enough enough) {
    const auto part = [&](Stage stage) { return stage == delayed ? delay : Duration{}; };
    const SlowNames names(PacketRelay::kThere, part(Stage::kResolve));
    const PacketRelay wire(part(Stage::kTcp));
    EXPECT_TRUE(wire.works()) << "no /dev/net/tun";
    std::mutex mutex;
    std::vector<Duration> waits;  // of the server
    const auto reach = [&](Stage stage) {
      if (stage != delayed) return;
      const Time begin = clock_.Now();
      std::this_thread::sleep_for(delay);
      const std::lock_guard lock(mutex);
      waits.push_back(clock_.Now() - begin);
    };
    const auto delays = [&] {
      if (delayed == Stage::kResolve) return names.Delays();
      if (delayed == Stage::kTcp) return wire.Delays();
      const std::lock_guard lock(mutex);
      return waits;
    };
    const ScriptedServer server(Script(reach), PacketRelay::kHere);
    EndpointSettings endpoint = Endpoint(server.port());
    endpoint.scheme = "wss";
    endpoint.host = "broker.test";
    endpoint.path = "/";
    endpoint.proxy_protocol = ProxyProtocol::kV1;
    endpoint.tls.ca_file = ca_.file();
    endpoint.tls.server_name = "localhost";
    settings_.interval = 20ms;
    settings_.soft_deadline = settings_.hard_deadline = 10s;  // no delay is a failure here
    box_.Clear();
    Run({endpoint});
    AllTimes times;
    for (std::size_t count = kFewConnects;; count *= 2) {
      const auto all = box_.Wait<ConnectEvidence>(count);
      times = Compare(all, delayed, delay > Duration{} ? delays() : std::vector<Duration>{});
      if (count >= kManyConnects || enough(times)) break;
    }
    probe_.reset();
    return times;
  }

 private:
  template <typename Reach>
  ScriptedServer::Script Script(Reach reach) {
    const auto over_tls = OverTls({ca_.Issue("server")}, [reach](TlsEnd& end) {
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
    return [reach, over_tls](ServerEnd& end) {
      end.ReadUntil("\r\n");  // a PROXY header of version 1
      reach(Stage::kTls);
      over_tls(end);
    };
  }

  static AllTimes Compare(const std::vector<ConnectEvidence>& all, Stage delayed,
                          const std::vector<Duration>& delays) {
    AllTimes times;
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_FALSE(all[i].failure) << Name(all[i].failure->stage) << all[i].failure->detail;
      for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
        const bool mine = kStages[stage] == delayed && !delays.empty();
        const Duration delay = mine ? delays.at(i) : Duration{};
        const auto took = TimeOf(all[i], kStages[stage]);
        EXPECT_TRUE(took);
        times[stage].least = std::min(times[stage].least, took.value_or(Duration::max()) - delay);
        times[stage].most = std::max(times[stage].most, took.value_or(Duration{}) - delay);
      }
    }
    return times;
  }

  TempDir files_;
  CertificateAuthority ca_{files_.path(), "ca"};
  const NetNamespace net_;
  const MountNamespace files_of_system_;
};

TEST_F(StageTimingTest, ADelayIsSeenInItsStageOnly) {
  const AllTimes plain =
      TimesBeyond(Stage::kProxy, Duration{}, [](const AllTimes&) { return false; });
  for (const Duration delay : {Duration(2ms), Duration(10ms), Duration(50ms)}) {
    for (const Stage delayed : kDelayed) {
      const auto off = [&](const AllTimes& times, std::size_t stage) {
        return times[stage].least - plain[stage].least;
      };
      const auto limit = [&](std::size_t stage) {
        return Tolerance(kStages[stage], delayed, delay, plain[stage].least);
      };
      const AllTimes times = TimesBeyond(delayed, delay, [&](const AllTimes& until_now) {
        bool right = true;
        for (std::size_t i = 0; i < kStages.size(); ++i) right &= off(until_now, i) < limit(i);
        return right;
      });
      Duration worst{};
      for (std::size_t i = 0; i < kStages.size(); ++i) {
        EXPECT_LT(off(times, i), limit(i))
            << Seconds(delay) << " s in " << Name(delayed) << " moved " << Name(kStages[i]);
        EXPECT_GT(times[i].most, Duration{}) << "never as much as the delay that was put in";
        worst = std::max(worst, off(times, i));
      }
      std::cout << std::fixed << std::setprecision(0) << 1e3 * Seconds(delay) << " ms in "
                << Name(delayed) << ": each stage right within " << 1e6 * Seconds(worst) << " us\n";
    }
  }
}

}  // namespace
}  // namespace vitals::mqtt
