#include "tests/faults/bench.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/support/process.h"

namespace vitals {
namespace {

// HiveMQ's first connect may take seconds on a machine whose cores are taken.
constexpr Duration kPatience = 60s;

}  // namespace

Bench::Bench(const Kind& kind) : kind_(kind) {
  if (kind.own_network) network_.emplace();
  broker_ = kind.make();
}

Result<void> Bench::StartAgent() {
  const auto window = std::chrono::duration_cast<std::chrono::seconds>(WindowOf(kind_.broker));
  std::vector<std::string> env = {
      "MQTT_VITALS__POLICY__LIVENESS_WINDOW=" + std::to_string(window.count()) + "s",
      "MQTT_VITALS__POLICY__KILL_BUDGET=1000", "MQTT_VITALS__LISTENER__INTERVAL=2s"};
  env.insert(env.end(), kind_.env.begin(), kind_.env.end());  // the later one wins
  if (!kind_.password.empty()) {
    env.push_back("MQTT_VITALS__BROKER__PASSWORD_FILE=" +
                  files_.Write("password", kind_.password).string());
  }
  if (kind_.own_clock) {
    env.push_back("LD_PRELOAD=" VITALS_CLOCK_SHIFT);
    env.push_back("VITALS_CLOCK_SHIFT_FILE=" + (folder() / "clock").string());
  }
  watch_.reset();
  agent_ = std::make_unique<AgentProcess>(Flags(), env);
  return agent_->Start();
}

std::vector<std::string> Bench::Flags() const {
  std::vector<std::string> flags = kind_.flags;
  if (kind_.config) {
    const auto file = files_.Write("agent.yaml", kind_.config(*broker_));
    flags = {"--config", file.string(), "--log", broker_->log().string()};
  } else if (flags.empty()) {
    flags = {"--broker", "mqtt://127.0.0.1:" + std::to_string(broker_->port()), "--log",
             broker_->log().string()};
  }
  flags.insert(flags.end(), {"--profile", kind_.broker, "--state-dir", folder() / "state"});
  return flags;
}

Result<void> Bench::Start() {
  if (network_ && !network_->entered()) return Fail("needs root for a network of its own");
  if (!kind_.cold) {
    if (auto started = broker_->Start(); !started) return started;
  }
  Mark();
  if (auto started = StartAgent(); !started) return started;
  if (!kind_.cold && !agent_->WaitReady(kPatience)) {
    return Fail("never ready" + agent_->Story(), kind_.name);
  }
  // The boot's first connects are over, and the last of them were good.
  if (!kind_.cold) Wait(2s);
  watch_ = std::make_unique<Watch>(*agent_);
  return {};
}

void Bench::Wait(Duration length) const { std::this_thread::sleep_for(length); }

Result<void> Bench::RestartAgent() {
  StopAgent();
  if (auto started = StartAgent(); !started) return started;
  watch_ = std::make_unique<Watch>(*agent_);
  return {};
}

void Bench::StopAgent() {
  watch_.reset();
  agent_->Stop();
}

std::string Bench::ReplayDifference() const {
  const Finished done =
      RunToEnd({.name = "replay",
                .folder = folder(),
                .args = {AgentBinary(), "replay", (folder() / "state").string(), "-o", "json"}});
  if (done.code != 0) return done.err;
  std::istringstream lines(done.out);
  std::string differences;
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_discarded()) return "no JSON: " + line;
    if (json["type"] == "changed") differences += "  " + line + "\n";
    if (json["type"] == "answer" && json["compared"] == true && json["identical"] == true) {
      return differences;
    }
  }
  return differences.empty() ? "not identical: " + done.out : differences;
}

}  // namespace vitals
