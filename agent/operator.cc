#include "agent/operator.h"

#include <utility>

#include "agent/config/values.h"

namespace vitals {
namespace {

// The judge takes a command within milliseconds; one that stands still is restarted within 2 s.
constexpr Duration kPatience = std::chrono::seconds(3);

ControlAnswer Refuse(std::string message) { return {false, std::move(message), {}, {}}; }

}  // namespace

ControlAnswer Operator::Do(const ControlRequest& request, const std::string& by) {
  ControlAnswer answer = Answer(request, by);
  const SnapshotPtr snapshot = needs_.snapshot();
  answer.state.generation = needs_.generation;
  answer.state.ready = snapshot != nullptr && snapshot->readiness.ok;
  // Not for the rest: with a million connections it takes its time.
  if (request.verb == ControlVerb::kDrain || request.verb == ControlVerb::kStatus) {
    answer.state.clients = needs_.clients();
  }
  return answer;
}

ControlAnswer Operator::Answer(const ControlRequest& request, const std::string& by) {
  switch (request.verb) {
    case ControlVerb::kDrain:
      return Give({Command::Kind::kDrain, {}, {}, by}, "draining: readiness fails");
    case ControlVerb::kUndrain:
      return Give({Command::Kind::kUndrain, {}, {}, by},
                  "no drain any more: readiness is by the evidence");
    case ControlVerb::kHold:
      if (request.length > needs_.hold_max) {
        return Refuse("a hold lasts " + PrintDuration(needs_.hold_max) +
                      " at most (policy.hold_max), not " + PrintDuration(request.length));
      }
      return Give({Command::Kind::kHold, request.length, request.reason, by},
                  "liveness is held for " + PrintDuration(request.length));
    case ControlVerb::kRelease:
      return Give({Command::Kind::kRelease, {}, {}, by},
                  "no hold any more: liveness is by the evidence");
    case ControlVerb::kReload:
      return Reload();
    case ControlVerb::kStatus:
      return {true, {}, {}, {}};
  }
  return Refuse("not known");
}

ControlAnswer Operator::Reload() {
  const Errors errors = needs_.reload();
  if (errors.empty()) return {true, "the configuration is good", {}, {}};
  ControlAnswer answer = Refuse("not taken: the configuration before it stays in force");
  for (const Error& error : errors) answer.errors.push_back(error.ToString());
  return answer;
}

ControlAnswer Operator::Give(Command command, const std::string& done) {
  std::unique_lock lock(mutex_);
  const std::uint64_t before = taken_;
  lock.unlock();
  needs_.put(std::move(command));
  lock.lock();
  if (!news_.wait_for(lock, kPatience, [&] { return taken_ != before; })) {
    return Refuse("the agent's judge has not taken the command within 3 s; ask again");
  }
  lock.unlock();
  if (const auto kept = needs_.keep(); !kept) {
    return {true,
            done + "; but a restart of the whole agent would forget it: " + kept.error().ToString(),
            {},
            {}};
  }
  return {true, done, {}, {}};
}

void Operator::Taken() {
  const std::lock_guard lock(mutex_);
  ++taken_;
  news_.notify_all();
}

}  // namespace vitals
