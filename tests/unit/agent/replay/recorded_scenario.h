// A scenario whose evidence and verdicts are recorded from its first moment, and judged anew.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>

#include "agent/recorder/recording_writer.h"
#include "agent/replay_session.h"
#include "tests/support/judge/scenario.h"

namespace vitals {

class RecordedScenarioTest : public testing::Test {
 protected:
  Scenario Begin(Settings settings = Scenario::DefaultSettings()) {
    settings_ = settings;
    return Scenario::Working(std::move(settings),
                             [this](const Evidence& one, const SnapshotPtr& it) {
                               if (text_.empty()) {
                                 began_ = one.at;
                                 text_ = writer_.Head(WallTime(one.at.time_since_epoch()), one.at);
                               }
                               writer_.Add(one, it != last_ ? it.get() : nullptr);
                               last_ = it;
                             });
  }

  // Records a life that goes on where the scenario's agent stops now.
  void RestartAgent(Scenario& scenario, Duration away) {
    scenario.RestartAgent(away, [this](std::string& saved) {
      writer_ = RecordingWriter({}, false);
      text_.clear();
      last_.reset();
      resumed_.emplace().left = saved;
    });
    resumed_->machine = {"boot", began_ - Time{}};
  }

  ReplayedLife Replay() { return Replay(settings_); }
  ReplayedLife Replay(const Settings& settings) {
    text_ += writer_.Take(true);
    const auto profile = Scenario::TestProfile();
    ReplaySession session(settings, resumed_ ? UnknownProfile() : profile, began_, {});
    if (resumed_) session.Resume(*resumed_);
    RecordingReader reader(profile, [&](std::string_view) { return profile; },
                           {[&](const Evidence& one) { session.Take(one); },
                            [&](const RecordedVerdicts& one) { session.TakeRecorded(one); },
                            [&](std::uint64_t pieces) { session.TakeLost(pieces); }});
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) reader.Read(line);
    EXPECT_EQ(reader.skipped(), 0u) << reader.trouble();
    return session.life();
  }

  Settings settings_;
  RecordingWriter writer_{{}, false};
  std::string text_;
  Time began_{};
  SnapshotPtr last_;
  std::optional<Resumption> resumed_;
};

}  // namespace vitals
