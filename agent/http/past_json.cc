#include "agent/http/past_json.h"

#include <chrono>

#include "agent/http/json_text.h"

namespace vitals {
namespace {

using nlohmann::ordered_json;

// The times of a stretch without a good round are null.
void AppendLatency(const Latency& latency, ordered_json* json) {
  (*json)["good"] = latency.good;
  (*json)["failed"] = latency.failed;
  const auto add = [&](const char* name, std::chrono::microseconds took) {
    (*json)[name] = nullptr;
    if (latency.good > 0) (*json)[name] = std::chrono::duration<double>(took).count();
  };
  add("min_s", latency.min);
  add("p50_s", latency.p50);
  add("p99_s", latency.p99);
  add("max_s", latency.max);
}

ordered_json SeriesJson(const Anchor& anchor, const LatencySeries& series) {
  ordered_json json{{"endpoint", series.endpoint}};
  AppendLatency(series.whole, &json);
  ordered_json steps = ordered_json::array();
  for (const LatencyStep& step : series.steps) {
    ordered_json one{{"at", anchor.Stamp(step.at)}};
    AppendLatency(step.latency, &one);
    steps.push_back(std::move(one));
  }
  json["steps"] = std::move(steps);
  return json;
}

}  // namespace

std::string EventsJson(const Past& past) {
  const Anchor anchor{past.at, past.wall};
  ordered_json events = ordered_json::array();
  for (const PastEvent& event : past.events) {
    events.push_back({{"at", anchor.Stamp(event.at)},
                      {"kind", Name(event.kind)},
                      {"severity", Name(event.severity)},
                      {"name", event.name},
                      {"subject", event.subject},
                      {"was", event.was},
                      {"is", event.is},
                      {"reason", event.reason},
                      {"message", event.message},
                      {"context", event.context},
                      {"times", event.times}});
  }
  return Dump({{"events", std::move(events)}});
}

std::string HistoryJson(const Past& past) {
  const Anchor anchor{past.at, past.wall};
  ordered_json series = ordered_json::array();
  for (const LatencySeries& one : past.round_trips) series.push_back(SeriesJson(anchor, one));
  ordered_json verdicts = ordered_json::array();
  for (const VerdictStretch& stretch : past.verdicts) {
    verdicts.push_back({{"at", anchor.Stamp(stretch.at)},
                        {"startup", stretch.startup},
                        {"readiness", stretch.readiness},
                        {"liveness", stretch.liveness}});
  }
  return Dump({{"at", anchor.Stamp(past.at)},
               {"span_s", std::chrono::duration_cast<std::chrono::seconds>(kPastSpan).count()},
               {"step_s", std::chrono::duration_cast<std::chrono::seconds>(kPastStep).count()},
               {"round_trips", std::move(series)},
               {"verdicts", std::move(verdicts)}});
}

}  // namespace vitals
