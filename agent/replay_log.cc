#include "agent/replay_log.h"

#include <algorithm>
#include <utility>

#include "agent/rules_stamp.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The longest step at which the judge's clocks still run.
constexpr Duration kTick = milliseconds(500);

}  // namespace

LogPlayer::LogPlayer(Matcher matcher, Sink sink)
    : matcher_(std::move(matcher)), sink_(std::move(sink)) {
  progress_.files = 1;
}

std::optional<Time> LogPlayer::Begin(std::string_view head) {
  std::optional<Time> begin;
  LineSplitter splitter;
  LineDecoder decoder;
  splitter.Feed(head, [&](std::string_view raw) {
    decoder.Decode(raw, [&](std::string_view line) {
      if (!begin) begin = ReadStamp(line);
    });
  });
  return begin;
}

void LogPlayer::Play(std::string_view bytes) {
  splitter_.Feed(bytes, [this](std::string_view raw) {
    decoder_.Decode(raw, [this](std::string_view line) { OnLine(line); });
  });
}

void LogPlayer::EndOfFile() {
  splitter_.Finish([this](std::string_view raw) {
    decoder_.Decode(raw, [this](std::string_view line) { OnLine(line); });
  });
  decoder_.Finish([this](std::string_view line) { OnLine(line); });
  splitter_.Restart();
  decoder_.Restart();
}

void LogPlayer::OnLine(std::string_view line) {
  const auto& hits = matcher_.Match(line);
  // Only a line that matters is worth the look at its stamp.
  if (!hits.empty()) {
    if (const auto stamp = ReadStamp(line)) RunUntil(*stamp);
    ++progress_.matched;
  }
  ++progress_.lines;
  progress_.bytes += line.size() + 1;
  for (const Matcher::Hit& hit : hits) {
    Follow(hit.rule->life_cycle);
    Put(LogEvent{hit.rule, std::string(line), hit.captures, false});
  }
}

void LogPlayer::Follow(LifeCycle step) {
  if (step == LifeCycle::kStarted) {
    works_ = true;
    next_second_ = now_;
  } else if (step != LifeCycle::kNone && step != LifeCycle::kBootCancelled) {
    works_ = false;
    next_second_ = now_;
  }
}

void LogPlayer::RunUntil(Time moment) {
  if (!begun_) {
    begun_ = true;
    now_ = next_second_ = moment;
  }
  while (now_ < moment) {
    now_ = std::min(moment, now_ + kTick);
    if (now_ >= next_second_) Second();
    Put(Tick{WallTime(now_.time_since_epoch()), {}});
  }
}

// What the probes and the follower would report once a second.
void LogPlayer::Second() {
  next_second_ = now_ + seconds(1);
  if (std::exchange(told_lines_, progress_.lines) != progress_.lines) {
    progress_.last_read = now_;
    Put(progress_);
  }
  ConnectEvidence connect;
  RoundTripEvidence round;
  connect.connection = round.round = ++rounds_;
  if (works_) {
    const auto set = [](StageTimes& stages, Stage stage) {
      stages[static_cast<std::size_t>(stage)] = milliseconds(1);
    };
    connect.reacted = round.reacted = true;
    set(connect.stages, Stage::kConnack);
    set(round.stages, Stage::kDelivery);
  } else {
    connect.failure = round.failure = MakeFailure(Stage::kTcp, FailReason::kRefused);
  }
  Put(connect);
  Put(round);
}

}  // namespace vitals
