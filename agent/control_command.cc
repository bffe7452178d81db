#include "agent/control_command.h"

#include <optional>
#include <string>
#include <thread>

#include "agent/config/load.h"
#include "agent/config/values.h"
#include "agent/control/ask.h"
#include "agent/control/control_socket.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""ms;

enum Code { kDone = 0, kRefused = 1, kUsage = 2, kUnreached = 3 };

constexpr Duration kBetweenLooks = 500ms;

Result<ControlRequest> Request(const Invocation& invocation) {
  ControlRequest request;
  switch (invocation.command) {
    case Subcommand::kUndrain:
      request.verb = ControlVerb::kUndrain;
      return request;
    case Subcommand::kHold:
      request.verb = ControlVerb::kHold;
      request.reason = invocation.control.reason;
      if (request.reason.empty() || request.reason.size() > ControlRequest::kReasonMax) {
        return Fail("must have 1 to " + std::to_string(ControlRequest::kReasonMax) + " bytes",
                    "--reason", "say in a few words why");
      }
      return ReadDuration(invocation.control.length, std::chrono::seconds(1),
                          std::chrono::hours(24))
          .map([&](Duration length) {
            request.length = length;
            return request;
          });
    case Subcommand::kRelease:
      request.verb = ControlVerb::kRelease;
      return request;
    case Subcommand::kReload:
      request.verb = ControlVerb::kReload;
      return request;
    default:
      request.verb = ControlVerb::kDrain;
      return request;
  }
}

std::string Clients(std::uint32_t count) {
  return std::to_string(count) + (count == 1 ? " client" : " clients");
}

class Conversation {
 public:
  Conversation(std::string path, std::ostream& out, std::ostream& err)
      : path_(std::move(path)), out_(out), err_(err) {}

  // Nothing: no answer, and that was said.
  std::optional<ControlAnswer> Ask(const ControlRequest& request) {
    auto answer = AskAgent(path_, request);
    if (answer) return std::move(*answer);
    err_ << "mqtt-vitals: " << answer.error().ToString() << "\n";
    return std::nullopt;
  }

  int Say(const ControlAnswer& answer) {
    for (const std::string& error : answer.errors) err_ << error << "\n";
    if (answer.ok) {
      out_ << answer.message << std::endl;
      return kDone;
    }
    err_ << "mqtt-vitals: " << answer.message << "\n";
    return answer.errors.empty() ? kRefused : kUsage;
  }

  // Until the worker after the one that was asked answers.
  int WaitForSuccessor(std::uint32_t generation) {
    constexpr Duration kPatience = std::chrono::seconds(10);
    const Time until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
      const auto answer = Ask({ControlVerb::kStatus, {}, {}});
      if (!answer) return kUnreached;
      if (answer->state.generation != generation) {
        out_ << "it is in force" << std::endl;
        return kDone;
      }
      std::this_thread::sleep_for(50ms);
    }
    err_ << "mqtt-vitals: no worker has taken it over within 10 s; see the agent's log\n";
    return kRefused;
  }

  // Until nobody is connected to the broker any more. A broker that closes its ports has none left.
  int WaitForClients(std::optional<std::uint32_t> clients, Duration limit) {
    const Time until = std::chrono::steady_clock::now() + limit;
    const bool countable = clients.has_value();
    if (!countable) {
      out_ << "the clients can't be counted here: waiting for " << PrintDuration(limit)
           << std::endl;
    }
    for (std::optional<std::uint32_t> said; clients.value_or(countable ? 0 : 1) > 0;) {
      if (clients && clients != said) out_ << Clients(*clients) << " left" << std::endl;
      said = clients;
      const Time now = std::chrono::steady_clock::now();
      if (now >= until) {
        if (!countable) return kDone;
        err_ << "mqtt-vitals: " << Clients(*clients) << (*clients == 1 ? " is" : " are")
             << " still there after " << PrintDuration(limit) << "; the drain stands\n";
        return kRefused;
      }
      std::this_thread::sleep_for(std::min<Duration>(kBetweenLooks, until - now));
      const auto answer = Ask({ControlVerb::kStatus, {}, {}});
      if (!answer) return kUnreached;
      clients = answer->state.clients;
    }
    out_ << "no client is left" << std::endl;
    return kDone;
  }

 private:
  const std::string path_;
  std::ostream& out_;
  std::ostream& err_;
};

}  // namespace

int RunControl(const Invocation& invocation, const Environment& environment, std::ostream& out,
               std::ostream& err) {
  const auto request = Request(invocation);
  const auto limit = ReadDuration(invocation.control.timeout);
  for (const Error* error :
       {request ? nullptr : &request.error(), limit ? nullptr : &limit.error()}) {
    if (error == nullptr) continue;
    err << "mqtt-vitals: " << error->ToString() << "\n";
    return kUsage;
  }
  const AgentPlaces places = FindPlaces(invocation.flags, environment);
  const std::string path = ControlPath(places.control_socket, places.state_dir);
  if (path.empty()) {
    err << "mqtt-vitals: no control socket is configured (give --control-socket, --state-dir or "
           "--config as the agent has them)\n";
    return kUnreached;
  }
  Conversation conversation(path, out, err);
  const auto answer = conversation.Ask(*request);
  if (!answer) return kUnreached;
  const int code = conversation.Say(*answer);
  if (code != kDone) return code;
  if (request->verb == ControlVerb::kReload) {
    return conversation.WaitForSuccessor(answer->state.generation);
  }
  if (!invocation.control.wait) return code;
  return conversation.WaitForClients(answer->state.clients, *limit);
}

}  // namespace vitals
