// An agent that probes three listeners every second, for a long time, grows nothing: neither
// descriptors nor threads nor memory, neither its own nor descriptors of the broker.
//
// MQTT_VITALS_SOAK_SECONDS=3600 is `./scripts/long soak`: more than 10,000 connects.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "tests/e2e/e2e.h"
#include "tests/support/process_use.h"

namespace vitals {
namespace {

int SoakSeconds() {
  const char* seconds = std::getenv("MQTT_VITALS_SOAK_SECONDS");
  return seconds == nullptr ? 6 : std::max(1, std::atoi(seconds));
}

// The least and the most of several looks: a connect under way holds a descriptor for a moment.
struct Looks {
  int samples = 0;
  ProcessUse least;
  ProcessUse most;

  void Add(const ProcessUse& use) {
    if (samples++ == 0) least = most = use;
    const auto take = [&](auto field) {
      least.*field = std::min(least.*field, use.*field);
      most.*field = std::max(most.*field, use.*field);
    };
    take(&ProcessUse::descriptors);
    take(&ProcessUse::threads);
    take(&ProcessUse::rss_kib);
  }
};

std::ostream& operator<<(std::ostream& out, const Looks& looks) {
  return out << "descriptors " << looks.least.descriptors << " to " << looks.most.descriptors
             << ", threads " << looks.least.threads << " to " << looks.most.threads << ", RSS "
             << looks.least.rss_kib << " to " << looks.most.rss_kib << " KiB";
}

class SoakTest : public MosquittoTest {
 protected:
  // Three listeners, each by both probes once a second.
  std::string Configuration() const {
    const auto url = [&](std::size_t listener) {
      return "url: '" + broker_.listeners()[listener].scheme + "://" +
             PlaceOf(broker_.listeners()[listener]);
    };
    return "listener: {interval: 1s, soft_deadline: 500ms}\nendpoints:\n  - {" + url(0) +
           "'}\n  - {" + url(1) +
           "', tls: {ca_file: " + broker_.certificates()->authority.string() + "}}\n  - {" +
           url(3) + "/'}\n";
  }

  MosquittoBroker broker_{{.listeners = Listeners::kAll}};
};

TEST_F(SoakTest, ProbingEverySecondGrowsNothing) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess agent({"--config", files_.Write("agent.yaml", Configuration()).string(), "--log",
                      broker_.log().string(), "--profile", "mosquitto"});
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const pid_t worker = agent.WorkerPid();

  // By the first tenth every buffer, pool and certificate store has been made.
  const int seconds = SoakSeconds();
  const int settled = seconds / 10 + 1;
  const int window = std::max(seconds / 10, 2);
  Looks first, all, last, broker_first, broker_last;
  for (int second = 0; second < seconds; ++second) {
    std::this_thread::sleep_for(1s);
    if (second % 15 == 0) {
      EXPECT_EQ(agent.Web("/metrics").status, 200);
    }
    ASSERT_EQ(agent.WorkerPid(), worker) << "another worker" << agent.Story();
    const ProcessUse use = UseOf(worker);
    if (second < settled) continue;
    all.Add(use);
    if (second < settled + window) {
      first.Add(use);
      broker_first.Add(UseOf(broker_.pid()));
    }
    if (second >= seconds - window) {
      last.Add(use);
      broker_last.Add(UseOf(broker_.pid()));
    }
  }
  const double connects = agent.Metric("mqtt_vitals_probe_attempts_total", {"probe=\"listener\""});
  const double failures = agent.Metric("mqtt_vitals_probe_failures_total");
  std::cout << seconds << " s, " << connects << " connects, " << failures << " failures\n"
            << "worker at first: " << first << "\nworker at last:  " << last
            << "\nworker ever:     " << all << "\nbroker at first: " << broker_first
            << "\nbroker at last:  " << broker_last << "\n";
  EXPECT_GE(connects, 2.5 * seconds);
  EXPECT_EQ(last.least.descriptors, first.least.descriptors);
  EXPECT_EQ(last.least.threads, first.least.threads);
  EXPECT_LE(all.most.descriptors, first.least.descriptors + 6) << "two a listener under way";
  EXPECT_LE(all.most.rss_kib, first.least.rss_kib + 1024);
  EXPECT_EQ(broker_last.least.descriptors, broker_first.least.descriptors);
  EXPECT_EQ(agent.Stop(), 0);
}

}  // namespace
}  // namespace vitals
