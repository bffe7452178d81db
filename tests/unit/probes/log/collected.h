// Collected: a sink that keeps what a LogEngine puts, rule ids as words ("old" = look-back). One
// thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "agent/core/evidence.h"

namespace vitals {

class Collected final : public EvidenceSink {
 public:
  void Put(Evidence evidence) override {
    if (const auto* event = std::get_if<LogEvent>(&evidence.what)) {
      events.push_back((event->look_back ? "old " : "") + event->rule->id);
      newest = *event;
    } else if (const auto* context = std::get_if<LogContext>(&evidence.what)) {
      events.push_back((context->look_back ? "old " : "") + context->rule->id + ": " +
                       context->text);
    } else if (const auto* state = std::get_if<LogProgress>(&evidence.what)) {
      progress = *state;
      progress_at.push_back(evidence.at);
    } else if (const auto* profile = std::get_if<ProfileChosen>(&evidence.what)) {
      chosen.push_back(*profile);
      events.push_back("is " + profile->profile->name);
    }
  }
  void Promise(Source, Time) override {}

  std::vector<std::string> events;
  LogEvent newest;
  LogProgress progress;
  std::vector<Time> progress_at;
  std::vector<ProfileChosen> chosen;
};

}  // namespace vitals
