// AgentProcess: the built program under test, `mqtt-vitals run ...` on free ports, with its answers
// and its log lines. One owner, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/time.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace vitals {

// The program: MQTT_VITALS_BINARY, else the one of this build.
std::string AgentBinary();

// `mqtt-vitals WORDS...` to the agent with that state folder, to its end.
Finished AgentCommand(std::vector<std::string> words, const std::filesystem::path& state,
                      Duration limit);

class AgentProcess {
 public:
  // `flags` of `run`, without --probe-listen and --web-listen.
  explicit AgentProcess(std::vector<std::string> flags, std::vector<std::string> env = {},
                        std::string binary = AgentBinary());

  Result<void> Start();  // returns when both surfaces listen

  HttpReply Probe(std::string_view path) const { return KubeletGet(probe_port_, path); }
  HttpReply Web(std::string_view path) const { return HttpGet(web_port_, path); }
  bool Ready() const { return Probe("/readyz").status == 200; }
  bool Alive() const { return Probe("/livez").status == 200; }

  // How long until readiness is as wanted; nothing if it was not at the limit.
  std::optional<Duration> WaitReady(Duration limit) const { return WaitReadiness(200, limit); }
  std::optional<Duration> WaitNotReady(Duration limit) const { return WaitReadiness(503, limit); }

  // The value of a metric now, summed over its series; 0 if there is none.
  double Metric(std::string_view name, const std::vector<std::string>& labels = {}) const;
  nlohmann::json Status() const;  // /api/v1/status; null if that is no JSON

  std::vector<nlohmann::json> LogLines() const;  // whole lines of stdout; null = no JSON
  // All that a person needs when an expectation about this agent fails.
  std::string Story() const;

  const Process& process() const { return *process_; }  // the gate
  pid_t WorkerPid() const;                              // 0 while there is none
  std::uint16_t probe_port() const { return probe_port_; }
  std::uint16_t web_port() const { return web_port_; }
  std::uint16_t agent_check_port() const { return ListeningPort("agent_check"); }

  // SIGTERM; the exit code, -1 if it did not end in 2 s.
  int Stop() const;

 private:
  std::optional<Duration> WaitReadiness(int status, Duration limit) const;
  std::uint16_t ListeningPort(std::string_view surface) const;

  const std::vector<std::string> flags_;
  const std::vector<std::string> env_;
  const std::string binary_;
  TempDir folder_;
  std::unique_ptr<Process> process_;
  std::uint16_t probe_port_ = 0;
  std::uint16_t web_port_ = 0;
};

}  // namespace vitals
