#include "agent/app.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <utility>

#include "agent/config/print.h"
#include "agent/config/recorded.h"
#include "agent/config_in_force.h"
#include "agent/config_keeper.h"
#include "agent/control/control_server.h"
#include "agent/control/control_socket.h"
#include "agent/core/wall_text.h"
#include "agent/crash_crumb.h"
#include "agent/gate/page.h"
#include "agent/gate/restrict.h"
#include "agent/gate/supervisor.h"
#include "agent/history/history.h"
#include "agent/http/web_server.h"
#include "agent/latest.h"
#include "agent/left_out.h"
#include "agent/log/logger.h"
#include "agent/log/transition_log.h"
#include "agent/machine_time.h"
#include "agent/memory_watch.h"
#include "agent/metrics/metrics.h"
#include "agent/mqtt_sources.h"
#include "agent/operator.h"
#include "agent/page_output.h"
#include "agent/promises.h"
#include "agent/pump.h"
#include "agent/recorder/recorder.h"
#include "agent/reload.h"
#include "agent/signals.h"
#include "agent/startup_pages.h"
#include "agent/termination_message.h"
#include "probes/host/host_probe.h"
#include "probes/log/log_probe.h"

namespace vitals {
namespace {

int Complain(const Error& error) {
  std::fprintf(stderr, "mqtt-vitals: %s\n", error.ToString().c_str());
  return kExitRuntime;
}

void Announce(Logger& log, const char* surface, std::string address) {
  log.Info("listening", {{"surface", surface}, {"address", std::move(address)}});
}

// By a worker before this one; where there was none, or its word was wiped, what was promised.
std::optional<Resumption> WhatWasLeft(const PageOutput& page, const Promises& promises) {
  std::string left = page.Left();
  if (left.empty()) left = promises.Left();
  if (left.empty()) return std::nullopt;
  return Resumption{std::move(left), ReadMachineTime()};
}

class App {
 public:
  App(Loaded loaded, const Flags& flags, const Environment& environment, const std::string& version,
      Signals signals, PageMapping page)
      : loaded_(std::move(loaded)),
        page_(std::move(page)),
        config_(*page_, flags, environment, loaded_.settings),
        signals_(std::move(signals)),
        log_(FindLogLevel(settings().output.level).value_or(LogLevel::kInfo), STDOUT_FILENO,
             clock_),
        transitions_(settings().output,
                     [this](LogLevel level, std::string_view text, const Fields& fields) {
                       log_.Write(level, text, fields);
                     }),
        metrics_(settings(), version),
        history_(settings(), clock_.Now()),
        // With one candidate the broker is known; with several the log has to tell.
        profile_(loaded_.profiles.size() == 1 ? loaded_.profiles.front() : UnknownProfile()),
        began_(clock_.Now()),
        page_output_(*page_, began_, [this] { return pump_.Save(); }),
        promises_(*page_, settings().state_dir),
        resumed_(WhatWasLeft(page_output_, promises_)),
        pump_(settings(), profile_.Get(), began_, clock_, queue_),
        termination_(settings().output.termination_message),
        recorder_(settings(),
                  {version, profile_.Get()->name,
                   WallText(clock_.Wall()) + "/" + std::to_string(::getpid()), began_,
                   PrintJudged(loaded_.config), PrintPolicy(loaded_.config), resumed_},
                  clock_),
        left_out_(*page_, began_),
        log_probe_(settings().log, loaded_.profiles, clock_, queue_, settings().state_dir,
                   WithRules),
        mqtt_(settings(), clock_, queue_),
        host_(settings(), clock_, queue_),
        operator_({[this](Command command) { Give(std::move(command)); },
                   [this] { return snapshot_.Get(); }, [this] { return mqtt_.Clients(); },
                   [this] { return promises_.Flush(); }, [this] { return Reload(); },
                   page_->generation.load(), settings().policy.hold_max}),
        version_(version) {}

  int Run(const Result<void>& restricted) {
    ::fcntl(kWebFd, F_SETFD, FD_CLOEXEC);
    auto web = WebServer::Start(
        Fd(kWebFd),
        Sources{[this] { return metrics_.Render(); }, [this] { return snapshot_.Get(); }, version_,
                [this] { return history_.Read(); }, PrintConfig(loaded_.config),
                [this] { return clock_.Now(); }});
    if (!web) return Complain(web.error());
    log_.Info("starting", {{"version", version_}, {"profile", settings().profile}});
    if (!restricted) {
      log_.Warn("the worker runs unrestricted", {{"error", restricted.error().ToString()}});
    }
    for (const std::string& warning : loaded_.warnings)
      log_.Warn("configuration", {{"text", warning}});
    Announce(log_, "probe", page_->orders.probe_address.data());
    const char* check = page_->orders.check_address.data();
    if (*check != 0) Announce(log_, "agent_check", check);
    Announce(log_, "web", (*web)->bound().ToString());
    std::optional<ControlServer> control;
    if (page_->orders.control) {
      ::fcntl(kControlFd, F_SETFD, FD_CLOEXEC);
      control.emplace(Fd(kControlFd), [this](const ControlRequest& request, const std::string& by) {
        return operator_.Do(request, by);
      });
      Announce(log_, "control", ControlPath(settings().control_socket, settings().state_dir));
    }

    metrics_.SetRestarts(page_->generation.load() - page_->reloads.load());
    pump_.AddOutput([this](const Evidence& evidence, const SnapshotPtr& snapshot) {
      const bool changed = snapshot_.Get() != snapshot;
      if (changed) {
        snapshot_.Set(snapshot);
        page_output_.Publish(*snapshot);
      }
      Record(evidence, changed ? snapshot : nullptr);
    });
    if (const auto recording = recorder_.Start(); !recording) {
      log_.Warn("the flight recorder is off", {{"error", recording.error().ToString()}});
    }
    Resume();
    pump_.Start();
    queue_.Put({clock_.Now(), config_.Now()});
    left_out_.Excuse(settings(), queue_, clock_.Now());
    if (!left_out_.Has(Source::kLog)) log_probe_.Start();
    RestartMqtt();
    host_.Start();
    if (control) control->Start();

    if (const auto kept = config_.KeepOnDisk(); !kept) {
      log_.Warn("configuration not on disk", {{"error", kept.error().ToString()}});
    }

    const int code = WaitForTheEnd();

    if (control) control->Stop();
    host_.Stop();
    mqtt_.Stop();
    log_probe_.Stop();
    pump_.Stop();
    KeepForTheNext(code);
    recorder_.Stop();
    (*web)->Stop();
    log_.Info("stopped", {});
    log_.Stop();
    return code;
  }

 private:
  static_assert(Judge::kSavedLimit <= kResumeMax && Judge::kPromisesLimit <= kPromisesMax);

  // On any thread.
  void Give(Command command) { queue_.Put({clock_.Now(), std::move(command)}); }

  void Resume() {
    if (!resumed_) return;
    const auto resumed = pump_.Resume(resumed_->left, resumed_->machine);
    log_.Info("resumed", {{"restarts", std::uint64_t{page_->generation.load()}},
                          {"error", resumed ? std::string() : resumed.error().ToString()}});
  }

  // A drain ends with the agent that was told to end; a hold and the budget do not.
  void KeepForTheNext(int code) {
    page_output_.Keep(clock_.Now());
    promises_.Set(pump_.SavePromises(code != kExitStopped));
    Flush();
  }

  // On any thread. A good configuration ends this worker.
  Errors Reload() {
    Errors errors = config_.Reload(clock_.Wall());
    for (const Error& error : errors) {
      log_.Error("configuration refused", {{"error", error.ToString()}});
    }
    queue_.Put({clock_.Now(), config_.Now()});
    if (errors.empty()) {
      reloaded_ = true;
      signals_.Wake();
    }
    return errors;
  }

  void Flush() {
    if (const auto kept = promises_.Flush(); !kept) {
      log_.Warn("promises not on disk", {{"error", kept.error().ToString()}});
    }
    if (const auto told = termination_.Flush(); !told) {
      log_.Warn("termination message not written", {{"error", told.error().ToString()}});
    }
  }

  const Settings& settings() const { return loaded_.settings; }

  // On the pump's thread; no snapshot = the last one still holds.
  void Record(const Evidence& evidence, const SnapshotPtr& snapshot) {
    metrics_.Observe(evidence);
    transitions_.Observe(evidence);
    history_.Observe(evidence);
    recorder_.Record(evidence, snapshot);
    if (snapshot) {
      metrics_.Publish(*snapshot);
      transitions_.Publish(*snapshot);
      history_.Publish(snapshot);
      if (termination_.Publish(*snapshot)) signals_.Wake();
    }
    if (std::holds_alternative<Tick>(evidence.what)) {
      page_output_.Beat(evidence.at);
      metrics_.SetDropped(queue_.dropped(), log_.dropped());
      metrics_.SetRecorded(recorder_.written(), recorder_.dropped());
      history_.SetDropped(queue_.dropped(), log_.dropped());
    }
    const bool command = std::holds_alternative<Command>(evidence.what);
    if (command || (snapshot && snapshot->outlook.budget_left != budget_left_)) {
      page_output_.Keep(evidence.at);
      promises_.Set(pump_.SavePromises(true));
      if (snapshot) budget_left_ = snapshot->outlook.budget_left;
      if (command) operator_.Taken();
      signals_.Wake();
    }
    if (const auto* chosen = std::get_if<ProfileChosen>(&evidence.what)) {
      if (chosen->profile == profile_.Get()) return;
      profile_.Set(chosen->profile);
      signals_.Wake();
    }
  }

  void RestartMqtt() {
    mqtt_.Stop();
    probed_as_ = profile_.Get();
    mqtt_.Start(*probed_as_, left_out_);
  }

  // The log has told which broker this is, and the probes must speak its protocol version; or there
  // is something to put on disk.
  void Woken() {
    if (profile_.Get() != probed_as_) RestartMqtt();
    Flush();
  }

  // Sources that were left out for a while and may show whether they do better now.
  void TakeBackIn() {
    const bool log_was_out = left_out_.Has(Source::kLog);
    if (!left_out_.Advance(clock_.Now())) return;
    log_.Info("a source that was left out is taken back in", {});
    if (log_was_out && !left_out_.Has(Source::kLog)) log_probe_.Start();
    RestartMqtt();
  }

  // Before the kernel would take the gate along.
  bool HasTooMuchMemory(Time now) {
    // Where even a fresh worker is too much, the next one would be no better.
    constexpr Duration kAtLeast = std::chrono::seconds(10);
    const auto use = memory_.TooMuch();
    if (!use || now - began_ < kAtLeast) return false;
    log_.Error("leaving: too much of the memory limit is in use",
               {{"used", use->used}, {"limit", use->limit}, {"own", use->own}});
    return true;
  }

  bool BrokerIsGone() const {
    const SnapshotPtr snapshot = snapshot_.Get();
    if (!snapshot) return false;
    for (std::size_t i = 0; i < snapshot->listeners.size(); ++i) {
      const auto& failure = snapshot->listeners[i].last_failure;
      if (settings().endpoints[i].wanted && (!failure || failure->reason != FailReason::kRefused)) {
        return false;
      }
    }
    return true;
  }

  // A native sidecar is told to end after the broker has ended. A container beside it is told
  // together with it, and goes on answering until the broker has closed its ports: not ready,
  // alive. A second signal cuts it short.
  void Linger() {
    constexpr Duration kLook = std::chrono::milliseconds(100);
    if (settings().linger == Duration{} || BrokerIsGone()) return;
    Give({Command::Kind::kDrain, {}, {}, "the agent's own end"});
    const Time until = clock_.Now() + settings().linger;
    for (Time now = clock_.Now(); now < until && !BrokerIsGone(); now = clock_.Now()) {
      if (signals_.Wait(std::min(kLook, until - now)) == Signals::Event::kTerminate) return;
    }
  }

  // Returns the exit code.
  int WaitForTheEnd() {
    constexpr Duration kMemoryLook = std::chrono::seconds(1);
    constexpr Duration kLimitLook = std::chrono::minutes(1);
    for (;;) {
      const Time now = clock_.Now();
      if (now >= start_is_over_) {
        GiveBackStartupPages();
        start_is_over_ = Time::max();
      }
      if (HasTooMuchMemory(now)) return kExitMemory;
      const Time wake = std::min({left_out_.NextReturn().value_or(Time::max()), start_is_over_,
                                  now + (memory_.HasLimit() ? kMemoryLook : kLimitLook)});
      switch (signals_.Wait(std::max(Duration{}, wake - now))) {
        case Signals::Event::kTerminate:
          log_.Info("terminating", {{"linger_s", Seconds(settings().linger)}});
          Linger();
          return kExitStopped;
        case Signals::Event::kReload:
          Reload();
          break;
        case Signals::Event::kWoken:
          if (reloaded_) return kEndForReload;
          Woken();
          break;
        case Signals::Event::kTimeout:
          TakeBackIn();
          break;
      }
    }
  }

  const Loaded loaded_;
  const PageMapping page_;
  ConfigKeeper config_;
  std::atomic<bool> reloaded_{false};
  SystemClock clock_;
  Signals signals_;
  Logger log_;
  TransitionLog transitions_;
  Metrics metrics_;
  History history_;
  EvidenceQueue queue_;
  Latest<std::shared_ptr<const Profile>> profile_;
  Latest<SnapshotPtr> snapshot_;
  const Time began_;  // the judge's
  Time start_is_over_ = began_ + std::chrono::seconds(10);
  PageOutput page_output_;
  Promises promises_;
  int budget_left_ = -1;  // as last kept; the pump's thread
  const std::optional<Resumption> resumed_;
  Pump pump_;
  TerminationMessage termination_;
  Recorder recorder_;
  LeftOut left_out_;
  LogProbe log_probe_;
  MqttSources mqtt_;
  HostProbe host_;
  const MemoryWatch memory_;
  std::shared_ptr<const Profile> probed_as_;  // the main thread's
  Operator operator_;
  const std::string version_;
};

}  // namespace

int RunWorker(const Flags& flags, const Environment& environment, const std::string& version) {
  auto page = PageMapping::Open(kPageFd);
  if (!page) return Complain(page.error());
  const auto texts = ConfigInForce::Read(**page);
  if (!texts) return Complain(texts.error());
  auto loaded = LoadWhole(flags, environment, ConfigFrom(*texts));
  if (!loaded) {
    for (const Error& error : loaded.error()) Complain(error);
    return kExitConfiguration;
  }
  auto signals = Signals::Block();
  if (!signals) return Complain(signals.error());
  InstallCrashCrumb(**page);
  const auto restricted = RestrictWorker();  // before there are threads, which it would miss
  return App(std::move(*loaded), flags, environment, version, std::move(*signals), std::move(*page))
      .Run(restricted);
}

}  // namespace vitals
