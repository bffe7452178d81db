#include "tests/support/agent_process.h"

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "tests/support/metrics_text.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using nlohmann::json;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

}  // namespace

std::string AgentBinary() {
  const char* given = std::getenv("MQTT_VITALS_BINARY");
  return given != nullptr ? given : VITALS_AGENT;
}

Finished AgentCommand(std::vector<std::string> words, const std::filesystem::path& state,
                      Duration limit) {
  const TempDir folder;
  words.insert(words.begin(), AgentBinary());
  words.insert(words.end(), {"--state-dir", state.string()});
  return RunToEnd({.name = "command", .folder = folder.path(), .args = std::move(words)}, limit);
}

AgentProcess::AgentProcess(std::vector<std::string> flags, std::vector<std::string> env,
                           std::string binary)
    : flags_(std::move(flags)), env_(std::move(env)), binary_(std::move(binary)) {}

Result<void> AgentProcess::Start() {
  ProcessOptions options{
      .name = "agent",
      .folder = folder_.path(),
      .args = {binary_, "run", "--probe-listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0"},
      // Not into the file of a container in which the tests may run.
      .env = {"MQTT_VITALS__OUTPUT__TERMINATION_MESSAGE="}};
  options.env.insert(options.env.end(), env_.begin(), env_.end());
  options.args.insert(options.args.end(), flags_.begin(), flags_.end());
  auto process = Process::Start(options);
  if (!process) return tl::unexpected(process.error());
  process_ = std::move(*process);
  const auto listening = WaitUntil(10s, [this] {
    probe_port_ = ListeningPort("probe");
    web_port_ = ListeningPort("web");
    return (probe_port_ != 0 && web_port_ != 0) || !process_->Running();
  });
  if (!listening || !process_->Running()) return Fail("does not listen", "mqtt-vitals", Story());
  return {};
}

double AgentProcess::Metric(std::string_view name, const std::vector<std::string>& labels) const {
  return MetricSum(Web("/metrics").body, name, labels).value_or(0);
}

json AgentProcess::Status() const {
  const json status = json::parse(Web("/api/v1/status").body, nullptr, false);
  return status.is_discarded() ? json() : status;
}

std::vector<json> AgentProcess::LogLines() const {
  std::vector<json> lines;
  std::string text = process_->Stdout();
  text.resize(text.rfind('\n') + 1);  // a line without its end is still being written
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    json parsed = json::parse(line, nullptr, false);
    lines.push_back(parsed.is_discarded() ? json() : std::move(parsed));
  }
  return lines;
}

std::string AgentProcess::Story() const {
  return "\n--- readyz\n" + Probe("/readyz?verbose").body + "\n--- livez\n" +
         Probe("/livez?verbose").body + "\n--- stdout\n" + process_->Stdout() + "\n--- stderr\n" +
         process_->Stderr();
}

pid_t AgentProcess::WorkerPid() const {
  const std::string pid = std::to_string(process_->pid());
  const std::string children = ReadFile("/proc/" + pid + "/task/" + pid + "/children");
  return children.empty() ? 0 : static_cast<pid_t>(std::stoi(children));
}

int AgentProcess::Stop() const {
  process_->Signal(SIGTERM);
  return process_->WaitExit(2s).value_or(-1);
}

std::optional<Duration> AgentProcess::WaitReadiness(int status, Duration limit) const {
  return WaitUntil(limit, [&] { return Probe("/readyz").status == status; }, 10ms);
}

std::uint16_t AgentProcess::ListeningPort(std::string_view surface) const {
  for (const json& line : LogLines()) {
    if (line.value("msg", "") != "listening" || line.value("surface", "") != surface) continue;
    const std::string address = line.value("address", "");
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  return 0;
}

}  // namespace vitals
