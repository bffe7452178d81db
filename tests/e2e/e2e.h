// What the end-to-end tests share: a Mosquitto of their own for each test, the flags of an agent
// that watches a broker, and clients of Mosquitto run as programs.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/agent_process.h"
#include "tests/support/broker.h"
#include "tests/support/mosquitto_broker.h"

namespace vitals {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

// Long enough for a first verdict on a machine whose cores are taken; no measure of speed.
inline constexpr Duration kPatience = 20s;

// ASSERT_TRUE(Ok(result)) prints the error of a Result that has one.
template <typename T>
testing::AssertionResult Ok(const Result<T>& result) {
  if (result) return testing::AssertionSuccess();
  return testing::AssertionFailure() << result.error().ToString();
}

// `--broker ... --log ...` and what is added.
std::vector<std::string> Watching(const Broker& broker, std::vector<std::string> more = {});

// A test that needs Mosquitto: skipped where there is none.
class MosquittoTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!MosquittoBroker::Available()) GTEST_SKIP() << NotFound("mosquitto");
  }

  TempDir files_;  // for what the test itself writes
};

// ... and an agent that watches it and has found it ready.
class ReadyAgentTest : public MosquittoTest {
 protected:
  void SetUp() override {
    MosquittoTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(Ok(broker_.Start()));
    ASSERT_TRUE(Ok(agent_.Start()));
    ASSERT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  }

  MosquittoBroker broker_;
  AgentProcess agent_{Watching(broker_)};
};

// mosquitto_pub: the exit code.
int Publish(const Broker& broker, const std::string& topic, const std::string& message,
            bool retain = false, const std::string& client_id = {});
// mosquitto_sub: the topic of the next message that `filter` lets through.
std::optional<std::string> NextTopic(const Broker& broker, const std::string& filter);

}  // namespace vitals
