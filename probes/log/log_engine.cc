#include "probes/log/log_engine.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace vitals {
namespace {

using Candidates = std::vector<std::shared_ptr<const Profile>>;

std::vector<std::string> Paths(const LogSettings& settings, const Candidates& candidates) {
  if (!settings.paths.empty()) return settings.paths;
  std::vector<std::string> paths;
  for (const auto& profile : candidates) {
    paths.insert(paths.end(), profile->log_paths.begin(), profile->log_paths.end());
  }
  return paths;
}

auto Fields(const LogProgress& p) {
  return std::tie(p.lines, p.bytes, p.matched, p.rotations, p.truncations, p.gaps, p.gap_bytes,
                  p.cut_lines, p.files, p.lag_bytes, p.lag, p.trouble);
}

}  // namespace

LogEngine::LogEngine(const LogSettings& settings, Candidates candidates, EvidenceSink& sink)
    : settings_(settings),
      sink_(sink),
      tailer_(Paths(settings, candidates), settings.look_back, settings.gap_limit),
      pause_(settings.poll_min) {
  if (candidates.size() == 1) {
    given_ = ProfileChosen{candidates.front(), 1.0};
  } else {
    detector_.emplace(std::move(candidates));
  }
}

Duration LogEngine::Turn(Time now) {
  now_ = now;
  if (given_) Choose(*std::exchange(given_, std::nullopt));
  tailer_.Scan(now);
  if (detector_) Detect();
  Tailer::Turn turn;
  if (matcher_) turn = tailer_.Read(now, kTurnBytes, *this);

  if (!matcher_ || tailer_.lag_bytes() == 0) {
    behind_since_.reset();
  } else if (!behind_since_) {
    behind_since_ = now;
  }
  ReportProgress();
  if (turn.more) return Duration::zero();
  pause_ = turn.bytes > 0 ? settings_.poll_min : std::min(2 * pause_, settings_.poll_max);
  return std::min(pause_, *reported_at_ + kProgressMax - now);
}

void LogEngine::Choose(ProfileChosen chosen) {
  auto compiled = Matcher::Compile(chosen.profile);
  if (compiled) {
    matcher_.emplace(std::move(*compiled));
  } else {
    broken_profile_ = compiled.error().front().ToString();
  }
  sink_.Put({now_, std::move(chosen)});
}

void LogEngine::Detect() {
  std::optional<ProfileChosen> chosen;
  tailer_.Peek([&](std::string_view head) {
    chosen = detector_->Choose(head);
    return chosen.has_value();
  });
  if (!chosen) return;
  detector_.reset();
  if (settings_.paths.empty()) tailer_.Narrow(chosen->profile->log_paths);
  Choose(std::move(*chosen));
}

bool LogEngine::BeginsBoot(std::string_view line) { return matcher_->BeginsBoot(line); }

void LogEngine::OnLine(std::string_view line, bool look_back) {
  ++lines_;
  const std::vector<Matcher::Hit>& hits = matcher_->Match(line);
  if (hits.empty()) return;
  ++matched_;
  for (const Matcher::Hit& hit : hits) {
    sink_.Put({now_, LogEvent{hit.rule, std::string(line.substr(0, kLineInEvent)), hit.captures,
                              look_back}});
  }
}

void LogEngine::ReportProgress() {
  const TailCounters& counters = tailer_.counters();
  LogProgress progress;
  progress.lines = lines_;
  progress.bytes = counters.bytes;
  progress.matched = matched_;
  progress.rotations = counters.rotations;
  progress.truncations = counters.truncations;
  progress.gaps = counters.gaps;
  progress.gap_bytes = counters.gap_bytes;
  progress.cut_lines = counters.cut_lines;
  progress.files = static_cast<std::uint32_t>(tailer_.files());
  progress.lag_bytes = matcher_ ? tailer_.lag_bytes() : 0;
  progress.lag = behind_since_ ? now_ - *behind_since_ : Duration::zero();
  progress.trouble = broken_profile_.empty() ? tailer_.trouble() : broken_profile_;

  const Duration since = reported_at_ ? now_ - *reported_at_ : kProgressMax;
  const bool changed = Fields(progress) != Fields(reported_);
  if (since < kProgressMin || (!changed && since < kProgressMax)) return;
  reported_at_ = now_;
  reported_ = progress;
  sink_.Put({now_, std::move(progress)});
}

}  // namespace vitals
