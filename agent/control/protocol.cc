#include "agent/control/protocol.h"

#include <exception>
#include <nlohmann/json.hpp>

#include "agent/core/names.h"

namespace vitals {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::string_view kOneVersion = "call the mqtt-vitals of the agent's own version";
constexpr NameTable<ControlVerb, kControlVerbCount> kVerbs{
    {"drain", "undrain", "hold", "release", "reload", "status"}};

std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// `take` throws where the text is not as it should be.
template <typename Taken, typename Take>
Result<Taken> Decode(std::string_view line, Take take) try {
  const Json json = Json::parse(line);
  if (const int version = json.at("version").get<int>(); version != kVersion) {
    return Fail("version " + std::to_string(version) + " of the control protocol is not known", {},
                std::string(kOneVersion));
  }
  return take(json);
} catch (const std::exception& broken) {
  return Fail(std::string("no line of the control protocol: ") + broken.what(), {},
              std::string(kOneVersion));
}

}  // namespace

std::string_view Name(ControlVerb verb) { return kVerbs.Name(verb); }

std::string Encode(const ControlRequest& request) {
  Json json{{"version", kVersion}, {"command", Name(request.verb)}};
  if (request.verb == ControlVerb::kHold) {
    json["for_ms"] = request.length / std::chrono::milliseconds(1);
    json["reason"] = request.reason;
  }
  return Line(json);
}

std::string Encode(const ControlAnswer& answer) {
  const ControlState& state = answer.state;
  return Line({{"version", kVersion},
               {"ok", answer.ok},
               {"message", answer.message},
               {"errors", answer.errors},
               {"state",
                {{"generation", state.generation},
                 {"ready", state.ready},
                 {"clients", state.clients ? Json(*state.clients) : Json()}}}});
}

Result<ControlRequest> DecodeControlRequest(std::string_view line) {
  return Decode<ControlRequest>(line, [](const Json& json) -> Result<ControlRequest> {
    const auto& name = json.at("command").get_ref<const std::string&>();
    const auto verb = kVerbs.Find(name);
    if (!verb) return Fail("'" + name + "' is no command of this agent");
    ControlRequest request{*verb, {}, {}};
    if (*verb != ControlVerb::kHold) return request;
    constexpr std::int64_t kMost = std::int64_t{366} * 24 * 3600 * 1000;
    const auto ms = json.at("for_ms").get<std::int64_t>();
    request.reason = json.at("reason").get<std::string>();
    if (ms <= 0 || ms > kMost) return Fail("a hold needs a time for which it lasts");
    if (request.reason.empty() || request.reason.size() > ControlRequest::kReasonMax) {
      return Fail("a hold needs a reason of at most " + std::to_string(ControlRequest::kReasonMax) +
                  " bytes");
    }
    request.length = std::chrono::milliseconds(ms);
    return request;
  });
}

Result<ControlAnswer> DecodeControlAnswer(std::string_view line) {
  return Decode<ControlAnswer>(line, [](const Json& json) {
    ControlAnswer answer;
    answer.ok = json.at("ok").get<bool>();
    answer.message = json.at("message").get<std::string>();
    answer.errors = json.at("errors").get<std::vector<std::string>>();
    const Json& state = json.at("state");
    answer.state.generation = state.at("generation").get<std::uint32_t>();
    answer.state.ready = state.at("ready").get<bool>();
    if (const Json& clients = state.at("clients"); !clients.is_null()) {
      answer.state.clients = clients.get<std::uint32_t>();
    }
    return answer;
  });
}

}  // namespace vitals
