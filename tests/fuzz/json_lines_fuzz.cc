// A log of JSON lines, from its bytes to the rules that fire: however the bytes arrive, the same
// rules fire on the same lines with the same context. And what a client calls itself, escaped as a
// broker does it, makes no line fire a rule that it does not fire for a client called x.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/profile_file.h"
#include "probes/log/entry_context.h"
#include "probes/log/line_decoder.h"
#include "probes/log/line_splitter.h"
#include "probes/log/matcher.h"
#include "probes/profiles/profiles.h"
#include "tests/fuzz/fuzz.h"

using vitals::EntryContext;
using vitals::Matcher;

namespace {

// The lines in which EMQX and RabbitMQ repeat a client's own words, CLIENT for those.
constexpr std::string_view kFrames[] = {
    R"J({"time":1708284735628659,"level":"warning","msg":"authentication_failed","clientid":"CLIENT","username":"CLIENT"})J",
    R"J({"time":1708284735628659,"level":"warning","clientid":"CLIENT","msg":"alarm_is_activated"})J",
    R"J({"time":"2026-11-22 11:46:55.4+00:00","level":"info","msg":"accepting MQTT connection <0.803.0> (127.0.0.1:37628 -> 127.0.0.1:1884, client id: CLIENT)","pid":"<0.803.0>"})J",
    R"J({"time":"2026-11-22 11:46:55.4+00:00","level":"error","msg":"MQTT login failed for user CLIENT","pid":"<0.803.0>"})J",
};

std::string Frame(std::string_view frame, const std::string& client) {
  std::string escaped =
      nlohmann::json(client).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  escaped = escaped.substr(1, escaped.size() - 2);
  std::string line;
  for (std::size_t at = 0; at < frame.size();) {
    const std::size_t found = std::min(frame.find("CLIENT", at), frame.size());
    line += frame.substr(at, found - at);
    if (found < frame.size()) line += escaped;
    at = found + std::string_view("CLIENT").size();
  }
  return line;
}

std::vector<Matcher> Matchers() {
  std::vector<Matcher> matchers;
  for (const vitals::ShippedProfile& shipped : vitals::ShippedProfiles()) {
    if (shipped.name != "emqx" && shipped.name != "rabbitmq") continue;
    auto profile = vitals::ParseProfile(shipped.yaml, shipped.name);
    vitals::Require(profile.has_value());
    auto matcher = Matcher::Compile(*profile);
    vitals::Require(matcher.has_value());
    matchers.push_back(std::move(*matcher));
  }
  vitals::Require(matchers.size() == 2);
  return matchers;
}

std::vector<const vitals::Rule*> Fired(Matcher& matcher, std::string_view line) {
  std::vector<const vitals::Rule*> rules;
  for (const Matcher::Hit& hit : matcher.Match(line)) rules.push_back(hit.rule);
  return rules;
}

// What fires, with captures and context, in words.
std::vector<std::string> Read(Matcher& matcher, std::string_view text, std::size_t piece) {
  std::vector<std::string> told;
  vitals::LineSplitter splitter;
  vitals::LineDecoder decoder;
  EntryContext entry(matcher.profile()->continues);
  const auto on_line = [&](std::string_view line) {
    const auto& hits = matcher.Match(line);
    for (const Matcher::Hit& hit : hits) {
      told.push_back(hit.rule->id);
      for (const auto& [name, value] : hit.captures) told.push_back(name + "=" + value);
    }
    if (!hits.empty()) {
      entry.Open(line);
    } else if (const auto kept = entry.Add(line)) {
      vitals::Require(kept->size() <= EntryContext::kMostBytes);
      told.emplace_back(*kept);
    }
  };
  const auto on_raw = [&](std::string_view line) { decoder.Decode(line, on_line); };
  while (!text.empty()) {
    const std::string part(text.substr(0, piece));  // its end is known to the sanitizer
    splitter.Feed(part, on_raw);
    text.remove_prefix(part.size());
  }
  splitter.Finish(on_raw);
  decoder.Finish(on_line);
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::vector<Matcher> matchers = Matchers();
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (Matcher& matcher : matchers) {
    vitals::Require(Read(matcher, text, 1 + data[0]) == Read(matcher, text, size));
    for (const std::string_view frame : kFrames) {
      const auto harmless = Fired(matcher, Frame(frame, "x"));
      for (const vitals::Rule* rule : Fired(matcher, Frame(frame, text))) {
        vitals::Require(std::ranges::find(harmless, rule) != harmless.end());
      }
    }
  }
  return 0;
}
