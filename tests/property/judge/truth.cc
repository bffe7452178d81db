#include "tests/property/judge/truth.h"

#include <algorithm>
#include <utility>

namespace vitals {
namespace {

// The defaults of the policy, and what the design promises beside them.
constexpr Duration kWindow = 60s;
constexpr Duration kBlindWindow = 120s;  // no boot line, or part of the log missed
constexpr Duration kUnansweredWindow = 300s;
constexpr Duration kBootStall = 120s;
constexpr Duration kTwoIntervals = 2s;
constexpr int kBudget = 3;
// Between the first fault and what the probes report of it, and for the proof to be complete.
constexpr Duration kNoticed = 3s;
constexpr Duration kHysteresis = 2300ms;  // two failures at least, and three good rounds
constexpr Duration kSettled = 25s;        // six good connects after any trouble
constexpr Duration kLooksAnew = 12s;      // after an absence
constexpr Duration kFreshProof = 18s;     // three connects, the last 15 s after the agent's start

}  // namespace

void Truth::Set(const Broker& broker) {
  if (broker.gone && !broker_.gone) {
    booting_ = true;
    told_ = false;
    quiet_ = without_progress_ = {};
  }
  if (broker.works) booting_ = false;
  if (!broker.works) silent_ = !broker.moves && !broker.gone;
  if (broker.moves) gap_ = false;
  broker_ = broker;
}

void Truth::Line(const std::string& rule) {
  quiet_ = {};
  if (rule == "progress") without_progress_ = {};
  if (rule == "booting" && booting_) {
    told_ = true;
    without_progress_ = {};
  }
}

void Truth::Excuse(Time until) { excused_until_ = until; }

void Truth::AgentRestarted(Duration away) {
  since_restart_ = attentive_for_ = {};
  works_for_ = {};
  ticked_ += away;
  if (away > 30s) unmoved_ = unanswered_ = {};
}

void Truth::AgentSuspended(Duration length) {
  attentive_for_ = {};
  ticked_ += length;
}

void Truth::Reckon(const Tick& tick, Time now) {
  const Duration passed = now - ticked_;
  ticked_ = now;
  late_ = *std::max_element(tick.late.begin(), tick.late.end());
  // Where everything works, the scenario steps over time.
  const bool lived = late_ <= 200ms && passed <= 500ms;
  const auto run = [&](Duration& clock, bool runs, bool counts) {
    clock = !runs ? Duration{} : counts ? clock + passed : clock;
  };
  run(unmoved_, !broker_.moves && !broker_.gone, lived);
  run(unanswered_, !broker_.answers && broker_.moves, lived);
  run(fatal_for_, fatal_ && !broker_.works, lived);
  run(quiet_, true, lived);
  run(without_progress_, true, lived);
  run(gone_for_, broker_.gone, lived);
  run(works_for_, broker_.works, true);
  run(troubled_for_, !broker_.works, lived);
  run(attentive_for_, lived || broker_.works, true);
  run(since_restart_, true, lived || broker_.works);
}

bool Truth::MayFail() const {
  if (now_ < excused_until_) return false;
  const bool hung = unmoved_ >= kWindow - kNoticed && !served_;
  const bool deaf = unanswered_ >= kUnansweredWindow - kNoticed && !served_;
  const bool fatal = fatal_for_ >= kWindow - kNoticed;
  const bool stalled = booting_ && quiet_ >= kBootStall - kNoticed;
  return hung || deaf || fatal || stalled;
}

bool Truth::MustFail() const {
  if (now_ < excused_until_ + 1s || served_ || attentive_for_ < kLooksAnew) return false;
  if (booting_) return gone_for_ >= kBootStall + 15s && quiet_ >= kBootStall + kNoticed;
  const Duration window = told_ && !gap_ ? kWindow : kBlindWindow;
  // Where nothing of the broker can be seen, a new agent knows of no connection that ever worked.
  if (since_restart_ < kFreshProof || (broker_.blind && since_restart_ <= unmoved_)) return false;
  return unmoved_ >= window + kTwoIntervals + kNoticed ||
         unanswered_ >= kUnansweredWindow + 12s + kNoticed;
}

void Truth::CheckStates(const Seen& seen) {
  if (!seen.live && !seen.would_fail) Wrong("liveness fails without saying why");
  if (!seen.would_fail && MustFail()) Wrong("liveness does not fail");
  if (seen.would_fail && works_for_ >= kNoticed && attentive_for_ >= kNoticed) {
    Wrong("the failure of liveness outlives its cause");
  }
  const bool by_agent = late_ > 0s || attentive_for_ < kNoticed;
  if (unmoved_ >= kNoticed && since_restart_ > kNoticed + 1s && !by_agent && seen.ready) {
    Wrong("ready, and hung");
  }
  const bool calm = !alarm_ && now_ >= excused_until_ && since_restart_ >= kSettled;
  if (works_for_ >= kSettled && calm && !by_agent && !seen.ready) Wrong("not ready, and all works");
}

void Truth::CheckEdges(const Seen& seen, const Verdict& readiness) {
  if (seen.would_fail && !before_->would_fail) {
    while (!charged_.empty() && now_ - charged_.front() >= 3600s) charged_.pop_front();
    const bool paid = charged_.size() < kBudget;
    if (paid) charged_.push_back(now_);
    if (seen.live == paid)
      Wrong(paid ? "a failure is not enforced" : "the kill budget is overdrawn");
  }
  if (before_->startup && !seen.startup && !booting_) Wrong("startup is taken back");
  if (before_->ready && !seen.ready) CheckReadyEdge(readiness);
}

void Truth::CheckReadyEdge(const Verdict& readiness) {
  const bool by_mqtt = readiness.reason == Reason::kNotAccepting ||
                       readiness.reason == Reason::kNotDelivering ||
                       readiness.reason == Reason::kStandingSilent;
  if (!by_mqtt) return;
  // Each check has a hysteresis of its own; a new agent begins with the first good evidence.
  const std::string check = readiness.message.substr(0, readiness.message.find(':'));
  const bool again = std::exchange(down_check_, check) == check;
  if (again && now_ - last_down_ < kHysteresis && since_restart_ >= kSettled)
    Wrong("readiness flaps");
  // The clocks stand where they stood at the last tick, and those may be 300 ms apart.
  const Duration troubled = troubled_for_ + (now_ - ticked_);
  if (silent_ && troubled < 1s && works_for_ < 1s) Wrong("a trouble of moments counts");
  const bool by_agent = late_ > 0s || attentive_for_ < kNoticed;
  if (works_for_ >= kNoticed + 1s && !by_agent) Wrong("not ready without a trouble");
  last_down_ = now_;
}

void Truth::See(const Evidence& evidence, const Snapshot& snapshot) {
  const auto* tick = std::get_if<Tick>(&evidence.what);
  now_ = evidence.at;
  // What began a moment ago may end in this very tick.
  bool may_fail = MayFail();
  if (tick != nullptr) {
    Reckon(*tick, evidence.at);
    may_fail = may_fail || MayFail();
  }
  const Seen seen{snapshot.startup.ok, snapshot.readiness.ok, snapshot.liveness.ok,
                  snapshot.outlook.would_fail};
  if (before_) {
    if (seen.would_fail && !before_->would_fail && !may_fail) Wrong("liveness fails");
    CheckEdges(seen, snapshot.readiness);
    if (tick != nullptr) CheckStates(seen);
  }
  before_ = seen;
  if (!wrong_.empty() && wrong_.find("; judge: ") == std::string::npos) {
    wrong_ += "; judge: " + snapshot.liveness.message + "; " + snapshot.readiness.message;
  }
}

void Truth::Wrong(const std::string& what) {
  if (!wrong_.empty()) return;
  const auto seconds = [](Duration duration) { return std::to_string(duration / 1s) + " s"; };
  wrong_ = what + " at " + seconds(now_.time_since_epoch()) + ": unmoved " + seconds(unmoved_) +
           ", unanswered " + seconds(unanswered_) + ", works " + seconds(works_for_) +
           ", troubled " + seconds(troubled_for_) + ", quiet " + seconds(quiet_) +
           (booting_ ? ", booting" : "") + (served_ ? ", others served" : "");
}

}  // namespace vitals
