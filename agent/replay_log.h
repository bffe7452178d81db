// LogPlayer: makes evidence of a broker's plain log, for a replay without a recording. Time is that
// of the stamps in the lines, and it never steps back. A log proves nothing about MQTT, so that is
// taken to work as the log says: from "started" until the broker stops, and before the first
// life-cycle line of a log that begins in the middle; ports are closed otherwise.
//
// Owned by the command, one thread. Reads no file: it is given the bytes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/evidence.h"
#include "agent/core/profile.h"
#include "probes/log/line_decoder.h"
#include "probes/log/line_splitter.h"
#include "probes/log/matcher.h"

namespace vitals {

class LogPlayer {
 public:
  using Sink = std::function<void(const Evidence&)>;

  LogPlayer(Matcher matcher, Sink sink);

  // When the first line with a stamp says it is; ask before anything is played.
  static std::optional<Time> Begin(std::string_view head);

  void Play(std::string_view bytes);
  void EndOfFile();

 private:
  void OnLine(std::string_view line);
  void Follow(LifeCycle step);
  void RunUntil(Time moment);
  void Second();
  void Put(decltype(Evidence::what) what) { sink_({now_, std::move(what)}); }

  Matcher matcher_;
  const Sink sink_;
  LineSplitter splitter_;
  LineDecoder decoder_;
  bool begun_ = false;
  bool works_ = true;
  Time now_{};
  Time next_second_{};
  std::uint64_t rounds_ = 0;
  LogProgress progress_;
  std::uint64_t told_lines_ = 0;
};

}  // namespace vitals
