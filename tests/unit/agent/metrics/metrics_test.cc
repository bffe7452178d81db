#include "agent/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "agent/metrics/process_usage.h"
#include "tests/support/metrics_text.h"
#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;
using testing::Not;

constexpr Time kStart = Time{} + std::chrono::hours(1);
const std::string kEndpoint = "endpoint=\"mqtt-127.0.0.1-1883\"";
const std::string kListener = "probe=\"listener\"";
const std::string kRoundTrip = "probe=\"round_trip\"";

Settings OneEndpoint() {
  Settings settings;
  EndpointSettings endpoint;
  endpoint.name = "mqtt-127.0.0.1-1883";
  endpoint.round_trip = true;
  settings.endpoints.push_back(endpoint);
  return settings;
}

class MetricsTest : public testing::Test {
 protected:
  double Value(std::string_view name, const std::vector<std::string>& labels = {}) const {
    const auto sum = MetricSum(metrics_.Render(), name, labels);
    EXPECT_TRUE(sum.has_value()) << name;
    return sum.value_or(-1);
  }
  bool Exists(std::string_view name, const std::vector<std::string>& labels) const {
    return MetricSum(metrics_.Render(), name, labels).has_value();
  }
  template <typename T>
  void Observe(T what, Duration after = {}) {
    metrics_.Observe(Evidence{kStart + after, std::move(what)});
  }

  Metrics metrics_{OneEndpoint(), "1.2.3"};
};

TEST_F(MetricsTest, EverythingKnownBeforehandExistsAtZero) {
  EXPECT_EQ(Value("mqtt_vitals_build_info", {"version=\"1.2.3\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_verdict", {"verdict=\"liveness\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_verdict", {"verdict=\"readiness\""}), 0);
  EXPECT_EQ(Value("mqtt_vitals_verdict_changes_total"), 0);
  EXPECT_EQ(Value("mqtt_vitals_probe_attempts_total", {kListener, kEndpoint}), 0);
  EXPECT_EQ(Value("mqtt_vitals_probe_attempts_total", {kRoundTrip, kEndpoint}), 0);
  EXPECT_EQ(Value("mqtt_vitals_probe_failures_total", {kListener, kEndpoint, "stage=\"tcp\"",
                                                       "reason=\"refused\"", "fault=\"broker\""}),
            0);
  EXPECT_FALSE(Exists("mqtt_vitals_probe_failures_total", {"stage=\"tls\""}));
  EXPECT_EQ(Value("mqtt_vitals_probe_duration_seconds_count", {"stage=\"delivery\""}), 0);
  EXPECT_EQ(Value("mqtt_vitals_probe_last_success_timestamp_seconds"), 0);
  for (const auto kind : {"late", "duplicate", "foreign", "retained"}) {
    EXPECT_EQ(Value("mqtt_vitals_stray_messages_total",
                    {kEndpoint, "kind=\"" + std::string(kind) + "\""}),
              0);
  }
  EXPECT_EQ(Value("mqtt_vitals_agent_fault", {"reason=\"bad_credentials\""}), 0);
  EXPECT_FALSE(Exists("mqtt_vitals_agent_fault", {"reason=\"refused\""}));
  EXPECT_EQ(Value("mqtt_vitals_log_lines_total"), 0);
  EXPECT_EQ(Value("mqtt_vitals_output_dropped_total"), 0);
}

// A test of the catalogue from the other side: what is shown is described, what is described is
// shown once there is something to show.
TEST_F(MetricsTest, ShowsEveryFamilyOfTheCatalogueAndNoOther) {
  static const Rule rule = [] {
    Rule r;
    r.event = "started";
    r.metric = "seconds";
    return r;
  }();
  Observe(LogEvent{&rule, "", {{"seconds", "1"}}, false});
  ConnectEvidence connect;
  connect.certificate.emplace();
  Observe(connect);
  metrics_.Publish(SampleSnapshot());
  std::set<std::string> shown;
  std::istringstream text(metrics_.Render());
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    std::istringstream words(line.substr(7));
    std::string name, kind;
    words >> name >> kind;
    EXPECT_TRUE(shown.insert(name).second) << name << " is shown twice";
    const auto family = std::find_if(MetricCatalogue().begin(), MetricCatalogue().end(),
                                     [&](const auto& f) { return f.name == name; });
    ASSERT_NE(family, MetricCatalogue().end()) << name;
    EXPECT_EQ(kind, Name(family->kind)) << name;
  }
  for (const auto& family : MetricCatalogue()) {
    EXPECT_TRUE(shown.contains(std::string(family.name))) << family.name;
  }
}

TEST_F(MetricsTest, CountsProbes) {
  ConnectEvidence connect;
  connect.stages[static_cast<std::size_t>(Stage::kTcp)] = microseconds(60);
  connect.stages[static_cast<std::size_t>(Stage::kConnack)] = microseconds(300);
  Observe(connect);
  connect.failure = MakeFailure(Stage::kConnack, FailReason::kBadCredentials);
  Observe(connect);
  RoundTripEvidence round;
  round.failure = MakeFailure(Stage::kDelivery, FailReason::kDeliveryTimeout);
  Observe(round);
  connect.endpoint = 7;  // never configured
  Observe(connect);

  EXPECT_EQ(Value("mqtt_vitals_probe_attempts_total", {kListener}), 2);
  EXPECT_EQ(Value("mqtt_vitals_probe_failures_total", {kListener}), 1);
  EXPECT_EQ(Value("mqtt_vitals_probe_failures_total",
                  {"stage=\"connack\"", "reason=\"bad_credentials\"", "fault=\"agent\""}),
            1);
  EXPECT_EQ(Value("mqtt_vitals_probe_failures_total", {kRoundTrip, "reason=\"delivery_timeout\""}),
            1);
  EXPECT_EQ(Value("mqtt_vitals_probe_duration_seconds_count", {kListener, "stage=\"tcp\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_probe_duration_seconds_bucket",
                  {kListener, "stage=\"tcp\"", "le=\"5e-05\""}),
            0);
  EXPECT_EQ(Value("mqtt_vitals_probe_duration_seconds_bucket",
                  {kListener, "stage=\"tcp\"", "le=\"0.0001\""}),
            1);
  EXPECT_EQ(Value("mqtt_vitals_probe_duration_seconds_sum", {kListener, "stage=\"connack\""}),
            0.0003);
}

TEST_F(MetricsTest, ShowsTheCertificateThatAListenerServes) {
  ConnectEvidence connect;
  connect.certificate =
      ServedCertificate{WallTime(std::chrono::seconds(1'800'000'000)), true, false};
  Observe(connect);
  EXPECT_EQ(Value("mqtt_vitals_certificate_expiry_timestamp_seconds", {kEndpoint}), 1.8e9);
  EXPECT_EQ(Value("mqtt_vitals_certificate_problem", {kEndpoint, "problem=\"name\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_certificate_problem", {kEndpoint, "problem=\"authority\""}), 0);

  Settings settings = OneEndpoint();
  settings.endpoints.front().scheme = "mqtts";
  const std::string fresh = Metrics(settings, "1.2.3").Render();
  EXPECT_EQ(MetricSum(fresh, "mqtt_vitals_certificate_problem", {kEndpoint}), 0)
      << "known beforehand, unlike the day of its end";
}

TEST_F(MetricsTest, CountsAFailureThatTheTableDoesNotExpect) {
  ConnectEvidence connect;
  connect.failure = MakeFailure(Stage::kTcp, FailReason::kTakenOver);
  connect.failure->fault = Fault::kUnknown;
  Observe(connect);
  EXPECT_EQ(Value("mqtt_vitals_probe_failures_total",
                  {"stage=\"tcp\"", "reason=\"taken_over\"", "fault=\"unknown\""}),
            1);
}

TEST_F(MetricsTest, CountsTheLog) {
  LogProgress progress;
  progress.lines = 10;
  progress.bytes = 900;
  progress.gaps = 1;
  progress.files = 2;
  progress.lag = std::chrono::seconds(2);
  Observe(progress);
  EXPECT_EQ(Value("mqtt_vitals_log_lag_seconds"), 2);
  progress.lines = 12;
  progress.bytes = 950;
  progress.files = 1;
  progress.lag = {};
  Observe(progress);
  EXPECT_EQ(Value("mqtt_vitals_log_lines_total"), 12);
  EXPECT_EQ(Value("mqtt_vitals_log_bytes_total"), 950);
  EXPECT_EQ(Value("mqtt_vitals_log_gaps_total"), 1);
  EXPECT_EQ(Value("mqtt_vitals_log_files"), 1);
  EXPECT_EQ(Value("mqtt_vitals_log_lag_seconds"), 0);

  auto profile = std::make_shared<Profile>();
  profile->rules.resize(2);
  profile->rules[0].event = "started";
  profile->rules[1].event = "save_failed";
  profile->rules[1].severity = Severity::kError;
  Observe(ProfileChosen{profile, 1.0});
  EXPECT_EQ(Value("mqtt_vitals_log_events_total", {"event=\"save_failed\"", "severity=\"error\""}),
            0);
  Observe(LogEvent{&profile->rules[1], "client-17 said so", {}, false});
  Observe(LogEvent{&profile->rules[1], "an old line", {}, true});
  EXPECT_EQ(Value("mqtt_vitals_log_events_total", {"event=\"save_failed\""}), 1);
  EXPECT_THAT(metrics_.Render(), Not(HasSubstr("client-17")));
}

TEST_F(MetricsTest, ShowsTheNumberThatARuleCaptures) {
  Rule rule;
  rule.event = "disk_usage";
  rule.id = "usage";
  rule.metric = "percent";
  const auto says = [&](const std::string& percent) {
    Observe(LogEvent{&rule, "", {{"other", "1"}, {"percent", percent}}, false});
    return Value("mqtt_vitals_log_value", {"event=\"disk_usage\"", "rule=\"usage\""});
  };
  EXPECT_FALSE(Exists("mqtt_vitals_log_value", {}));
  Observe(LogEvent{&rule, "", {{"percent", "7"}}, true});
  EXPECT_EQ(Value("mqtt_vitals_log_value", {}), 7) << "of this boot, before the agent's start";
  EXPECT_EQ(says("87.5"), 87.5);
  EXPECT_EQ(says("-3"), -3);
  for (const char* none : {"", "x", "5%", "nan", "inf"}) EXPECT_EQ(says(none), -3) << none;
  EXPECT_EQ(Value("mqtt_vitals_log_events_total", {"event=\"disk_usage\""}), 7);
}

TEST_F(MetricsTest, StrayMessagesLateLoopsAndDrops) {
  Observe(StrayMessage{0, MessageKind::kForeign});
  Tick tick;
  tick.late[static_cast<std::size_t>(Source::kListener)] = std::chrono::milliseconds(250);
  tick.late[static_cast<std::size_t>(Source::kLog)] = -std::chrono::seconds(1);
  Observe(tick);
  metrics_.SetDropped(4, 2);
  metrics_.SetDropped(5, 2);
  metrics_.SetRestarts(3);
  EXPECT_EQ(Value("mqtt_vitals_stray_messages_total", {"kind=\"foreign\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_loop_late_seconds", {"loop=\"listener\""}), 0.25);
  EXPECT_EQ(Value("mqtt_vitals_loop_late_seconds", {"loop=\"log\""}), 0);
  EXPECT_EQ(Value("mqtt_vitals_evidence_dropped_total"), 5);
  EXPECT_EQ(Value("mqtt_vitals_worker_restarts_total"), 3);
  EXPECT_EQ(Value("mqtt_vitals_output_dropped_total"), 2);
}

TEST_F(MetricsTest, UnreadBytesEndWithTheirSamples) {
  SilenceSample sample;
  sample.unread_bytes = 23;
  Observe(sample, std::chrono::seconds(1));
  EXPECT_EQ(Value("mqtt_vitals_unread_bytes", {kListener, kEndpoint}), 23);
  Snapshot snapshot = SampleSnapshot();
  snapshot.at = kStart + std::chrono::seconds(3);
  metrics_.Publish(snapshot);
  EXPECT_EQ(Value("mqtt_vitals_unread_bytes", {kListener, kEndpoint}), 23);
  snapshot.at = kStart + std::chrono::seconds(5);
  metrics_.Publish(snapshot);
  EXPECT_EQ(Value("mqtt_vitals_unread_bytes", {kListener, kEndpoint}), 0);
}

TEST_F(MetricsTest, ShowsTheSnapshot) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.outlook.would_fail = true;
  snapshot.agent_faults = {FailReason::kBadCredentials};
  metrics_.Publish(snapshot);
  EXPECT_EQ(Value("mqtt_vitals_last_update_timestamp_seconds"), 1'800'000'000);
  EXPECT_EQ(Value("mqtt_vitals_profile_info", {"profile=\"mosquitto\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_verdict", {"verdict=\"startup\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_verdict_changes_total", {"verdict=\"startup\"", "reason=\"ok\""}),
            1);
  EXPECT_EQ(Value("mqtt_vitals_verdict_changes_total"), 1);
  EXPECT_EQ(Value("mqtt_vitals_condition", {"condition=\"Accepting\"",
                                            "subject=\"mqtt-127.0.0.1-1883\"", "status=\"False\""}),
            1);
  EXPECT_EQ(Value("mqtt_vitals_condition", {"condition=\"Accepting\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_liveness_would_fail"), 1);
  EXPECT_EQ(Value("mqtt_vitals_liveness_budget_left"), 3);
  EXPECT_EQ(Value("mqtt_vitals_liveness_silence_seconds", {"clock=\"read\""}), 0.4);
  EXPECT_EQ(Value("mqtt_vitals_agent_fault", {"reason=\"bad_credentials\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_probe_last_success_timestamp_seconds", {kListener}),
            1'800'000'000 - 20);

  snapshot.conditions.erase(snapshot.conditions.begin() + 3);  // Busy
  snapshot.conditions[1].status = Status::kTrue;
  snapshot.profile = "nats";
  snapshot.agent_faults.clear();
  metrics_.Publish(snapshot);
  EXPECT_FALSE(Exists("mqtt_vitals_condition", {"condition=\"Busy\""}));
  EXPECT_EQ(Value("mqtt_vitals_condition", {"condition=\"Accepting\"", "status=\"False\""}), 0);
  EXPECT_FALSE(Exists("mqtt_vitals_profile_info", {"profile=\"mosquitto\""}));
  EXPECT_EQ(Value("mqtt_vitals_profile_info", {"profile=\"nats\""}), 1);
  EXPECT_EQ(Value("mqtt_vitals_agent_fault"), 0);
  EXPECT_EQ(Value("mqtt_vitals_verdict_changes_total"), 1);
}

TEST_F(MetricsTest, EvidenceAgeCountsFromTheStartUntilTheFirst) {
  Observe(Tick{});
  Observe(RoundTripEvidence{}, std::chrono::seconds(8));
  Snapshot snapshot = SampleSnapshot();
  snapshot.at = kStart + std::chrono::seconds(10);
  metrics_.Publish(snapshot);
  EXPECT_EQ(Value("mqtt_vitals_evidence_age_seconds", {"source=\"listener\""}), 10);
  EXPECT_EQ(Value("mqtt_vitals_evidence_age_seconds", {"source=\"round_trip\""}), 2);
}

TEST_F(MetricsTest, NeverShowsNan) {
  metrics_.Publish(Snapshot{});
  EXPECT_THAT(metrics_.Render(), Not(HasSubstr(" Nan")));
}

TEST_F(MetricsTest, ScrapesWhileItChanges) {
  std::thread scraper([this] {
    for (int i = 0; i < 50; ++i) ASSERT_THAT(metrics_.Render(), HasSubstr("process_threads"));
  });
  Snapshot with = SampleSnapshot();
  Snapshot without = with;
  without.conditions.clear();
  for (int i = 0; i < 300; ++i) {
    metrics_.Publish(i % 2 == 0 ? with : without);
    Observe(ConnectEvidence{});
  }
  scraper.join();
  EXPECT_EQ(Value("mqtt_vitals_probe_attempts_total", {kListener}), 300);
}

TEST_F(MetricsTest, PromtoolFindsNothingToSay) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool not installed";
  metrics_.Publish(SampleSnapshot());
  const auto file = std::filesystem::path(testing::TempDir()) / "mqtt_vitals_metrics_test.txt";
  std::ofstream(file) << metrics_.Render();
  EXPECT_EQ(std::system(("test -z \"$(promtool check metrics <" + file.string() +
                         " 2>&1 | tee /dev/stderr)\"")
                            .c_str()),
            0);
  std::filesystem::remove(file);
}

TEST(ProcessUsage, IsPlausible) {
  const ProcessUsage usage = ReadProcessUsage();
  const double now = Seconds(SystemClock().Wall().time_since_epoch());
  EXPECT_GE(usage.threads, 1);
  EXPECT_LT(usage.threads, 100);
  EXPECT_GE(usage.open_fds, 3);
  EXPECT_GT(usage.resident_bytes, 1e6);
  EXPECT_LT(usage.resident_bytes, 1e9);
  EXPECT_LE(usage.start_time, now + 1);
  EXPECT_GT(usage.start_time, now - 3600);
  EXPECT_GE(usage.cpu_seconds, 0);
}

}  // namespace
}  // namespace vitals
