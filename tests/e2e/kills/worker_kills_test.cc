// The worker is killed, crashes or stands still, again and again; the kubelet notices nothing.
// MQTT_VITALS_KILLS says how often; 40 by default, 1,000 for ./scripts/long worker_kills.
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "tests/e2e/e2e.h"
#include "tests/support/kubelet_prober.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

int Kills() {
  const char* kills = std::getenv("MQTT_VITALS_KILLS");
  return kills == nullptr ? 40 : std::max(1, std::atoi(kills));
}

using WorkerKillsTest = ReadyAgentTest;

TEST_F(WorkerKillsTest, AreNotSeenByTheKubelet) {
  KubeletProber live(agent_.probe_port(), "/livez", 100ms);
  KubeletProber ready(agent_.probe_port(), "/readyz", 100ms);
  std::mt19937 random(std::random_device{}());
  const int kills = Kills();
  for (int i = 0; i < kills; ++i) {
    const int signal = std::array{SIGKILL, SIGSEGV, SIGSTOP}[random() % 3];
    const pid_t worker = agent_.WorkerPid();
    ASSERT_NE(worker, 0) << agent_.Story();
    const Time killed = std::chrono::steady_clock::now();
    ::kill(worker, signal);
    ASSERT_TRUE(WaitUntil(kPatience,
                          [&] { return agent_.WorkerPid() != 0 && agent_.WorkerPid() != worker; }))
        << "signal " << signal << agent_.Story();
    // Not an event to wait for, but the distance at which workers have to be able to die.
    const Time there = std::chrono::steady_clock::now();
    std::this_thread::sleep_until(std::max(killed + 3s, there + 2500ms) +
                                  std::chrono::milliseconds(random() % 200));
  }
  live.Stop();
  ready.Stop();
  const auto asked = live.asked() + ready.asked();
  std::cout << kills << " kills: " << asked << " probes, " << live.failed() + ready.failed()
            << " failed, " << live.silent() + ready.silent() << " unanswered, p99 "
            << 1e3 * Seconds(std::max(live.Percentile(0.99), ready.Percentile(0.99))) << " ms\n";
  for (const KubeletProber* prober : {&live, &ready}) {
    EXPECT_EQ(prober->failed(), 0u) << prober->first_failure();
    EXPECT_EQ(prober->silent(), 0u);
    EXPECT_EQ(prober->passed(), prober->asked());
    EXPECT_GT(prober->asked(), static_cast<std::uint64_t>(kills) * 20);
  }
  EXPECT_EQ(agent_.Metric("mqtt_vitals_worker_restarts_total"), kills);
  EXPECT_NE(agent_.process().Stdout().find("the worker ended"), std::string::npos);
  EXPECT_EQ(agent_.Stop(), 0);
}

}  // namespace
}  // namespace vitals
