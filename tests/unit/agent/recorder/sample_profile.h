// What the recorder's tests share: a profile with one rule of each sort, and a head.
#pragma once

#include <memory>

#include "agent/core/profile.h"
#include "agent/recorder/recording_writer.h"

namespace vitals {

inline std::shared_ptr<const Profile> SampleProfile() {
  static const auto profile = [] {
    auto made = std::make_shared<Profile>();
    made->name = "sample";
    for (const char* id : {"idle", "started", "opened"}) made->rules.emplace_back().id = id;
    made->rules[1].life_cycle = LifeCycle::kStarted;
    made->rules[2].listener = ListenerLine::kOpened;
    return made;
  }();
  return profile;
}

inline RecordingHead SampleHead() {
  return {"1.2.3",     "sample",
          "life-1",    Time(std::chrono::seconds(1)),
          "output:\n", "policy:\n  mode: \"enforce\"\n"};
}

}  // namespace vitals
