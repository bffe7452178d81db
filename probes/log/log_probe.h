// LogProbe: the source of evidence that follows the broker's log. Owns one thread, named "log",
// which gives turns to a LogEngine and promises each next one.
//
// Made, started and stopped by the composition root on one thread. Never touches the broker but for
// reading its log files; Stop waits for the turn under way, which is bounded.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/profile.h"
#include "agent/core/settings.h"
#include "agent/core/time.h"
#include "probes/log/file_bell.h"
#include "probes/log/log_engine.h"
#include "probes/probe.h"

namespace vitals {

class LogProbe final : public Probe {
 public:
  LogProbe(const LogSettings& settings, std::vector<std::shared_ptr<const Profile>> candidates,
           Clock& clock, EvidenceSink& sink, const std::string& state_dir = {},
           CompleteProfile complete = {});
  ~LogProbe() override;

  void Start() override;
  void Stop() override;

 private:
  void Run(const std::stop_token& stop);

  Clock& clock_;
  EvidenceSink& sink_;
  const std::vector<std::string> watched_;  // globs
  const Duration shortest_;                 // between two turns, however much is written
  FileBell bell_;
  LogEngine engine_;
  std::jthread thread_;
};

}  // namespace vitals
