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
                  p.cut_lines, p.freed_bytes, p.files, p.lag_bytes, p.lag, p.trouble);
}

}  // namespace

LogEngine::LogEngine(const LogSettings& settings, Candidates candidates, EvidenceSink& sink,
                     const std::string& state_dir, CompleteProfile complete)
    : settings_(settings),
      sink_(sink),
      complete_(std::move(complete)),
      tailer_(Paths(settings, candidates), settings.look_back, settings.gap_limit),
      pause_(settings.poll_min) {
  if (settings.reclaim == Reclaim::kPunch && !state_dir.empty()) {
    state_file_ = state_dir + "/log.json";
    if (auto loaded = LoadLogState(state_file_)) {
      state_ = std::move(*loaded);
      tailer_.Remember(std::exchange(state_->files, {}));
    } else {
      state_trouble_ = loaded.error().ToString();
    }
  }
  if (candidates.size() == 1) {
    given_ = ProfileChosen{candidates.front(), 1.0};
    return;
  }
  // The lines that told which broker it is may be gone.
  if (state_) {
    const auto known = std::ranges::find(candidates, state_->profile,
                                         [](const auto& profile) { return profile->name; });
    if (known != candidates.end()) {
      known_ = ProfileChosen{*known, 1.0};
    }
  }
  detector_.emplace(std::move(candidates));
}

Duration LogEngine::Turn(Time now, bool announced) {
  now_ = now;
  if (given_) Choose(*std::exchange(given_, std::nullopt));
  tailer_.Scan(now);
  if (detector_) Detect();
  if (matcher_ && state_) Recall();
  Tailer::Turn turn;
  if (matcher_) turn = tailer_.Read(now, kTurnBytes, *this);
  if (turn.bytes > 0) {
    last_read_ = now;
    announced_ = announced;
  }
  if (matcher_ && !turn.more) PutContext();

  if (!matcher_ || tailer_.lag_bytes() == 0) {
    behind_since_.reset();
  } else if (!behind_since_) {
    behind_since_ = now;
  }
  ReportProgress();
  if (matcher_ && !state_file_.empty()) SaveAndFree();
  if (turn.more) return Duration::zero();
  const Duration longest = std::max(settings_.poll_max, announced_ ? kProgressMax : Duration{});
  pause_ = turn.bytes > 0 ? settings_.poll_min : std::min(2 * pause_, longest);
  return std::min(pause_, *reported_at_ + kProgressMax - now);
}

void LogEngine::Choose(ProfileChosen chosen) {
  auto compiled = Matcher::Compile(chosen.profile);
  if (compiled) {
    matcher_.emplace(std::move(*compiled));
    entry_.emplace(chosen.profile->continues);
  } else {
    broken_profile_ = compiled.error().front().ToString();
  }
  sink_.Put({now_, std::move(chosen)});
}

void LogEngine::Detect() {
  std::optional<ProfileChosen> chosen;
  if (tailer_.resumed()) chosen = std::exchange(known_, std::nullopt);
  if (!chosen) {
    tailer_.Peek([&](std::string_view head) {
      chosen = detector_->Choose(head);
      return chosen.has_value();
    });
  }
  if (!chosen) return;
  detector_.reset();
  if (complete_) chosen->profile = complete_(chosen->profile);
  if (settings_.paths.empty()) tailer_.Narrow(chosen->profile->log_paths);
  Choose(std::move(*chosen));
}

bool LogEngine::BeginsBoot(std::string_view line) { return matcher_->BeginsBoot(line); }

void LogEngine::OnLine(std::string_view line, const LineOrigin& origin) {
  ++lines_;
  const std::vector<Matcher::Hit>& hits = matcher_->Match(line);
  if (hits.empty()) {
    if (entry_->open() && origin.file == entry_origin_.file) entry_->Add(line);
    return;
  }
  PutContext();
  ++matched_;
  for (const Matcher::Hit& hit : hits) {
    Emit(*hit.rule, std::string(line.substr(0, kLineInEvent)), hit.captures, origin.look_back);
  }
  entry_->Open(line);
  entry_rule_ = hits.back().rule;
  entry_origin_ = origin;
}

void LogEngine::PutContext() {
  std::string text = entry_->Take();
  if (text.empty()) return;
  sink_.Put({now_, LogContext{entry_rule_, std::move(text), entry_origin_.look_back}});
}

void LogEngine::Emit(const Rule& rule, std::string line,
                     std::vector<std::pair<std::string, std::string>> captures, bool look_back) {
  if (!state_file_.empty()) memory_.Note(rule, line, captures);
  sink_.Put({now_, LogEvent{&rule, std::move(line), std::move(captures), look_back}});
}

// What the freed part of the log told in this boot, as if it were looked at again.
void LogEngine::Recall() {
  const LogState state = *std::exchange(state_, std::nullopt);
  const Profile& profile = *matcher_->profile();
  if (!tailer_.resumed() || state.profile != profile.name) return;
  for (const KnownEvent& event : state.events) {
    const auto rule = std::ranges::find(profile.rules, event.rule, &Rule::id);
    if (rule != profile.rules.end()) Emit(*rule, event.line, event.captures, true);
  }
}

// Saved first, freed second: a kill in between costs nothing. Which files there are is saved at
// once, so that a kill soon after costs nothing either.
void LogEngine::SaveAndFree() {
  const std::pair files(tailer_.files(), tailer_.counters().rotations);
  if (files == saved_files_ && tailer_.freeable() < kFreeStep) return;
  const std::vector<KnownFile> known = tailer_.Known();
  const auto saved =
      SaveLogState(state_file_, {matcher_->profile()->name, known, memory_.events()});
  state_trouble_ = saved ? "" : saved.error().ToString();
  if (!saved) return;
  saved_files_ = files;
  tailer_.Free(known);
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
  progress.freed_bytes = counters.freed_bytes;
  progress.last_read = last_read_;
  progress.files = static_cast<std::uint32_t>(tailer_.files());
  progress.lag_bytes = matcher_ ? tailer_.lag_bytes() : 0;
  progress.lag = behind_since_ ? now_ - *behind_since_ : Duration::zero();
  progress.trouble = !broken_profile_.empty()     ? broken_profile_
                     : !tailer_.trouble().empty() ? tailer_.trouble()
                                                  : state_trouble_;

  const Duration since = reported_at_ ? now_ - *reported_at_ : kProgressMax;
  const bool changed = Fields(progress) != Fields(reported_);
  if (since < kProgressMin || (!changed && since < kProgressMax)) return;
  reported_at_ = now_;
  reported_ = progress;
  sink_.Put({now_, std::move(progress)});
}

}  // namespace vitals
