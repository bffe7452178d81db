// Saved: the written form of the judge's parts. Times are written as ages, so that they mean
// something to another process; how they are read back depends on what they measure.
//
// Used on the Judge's thread only. Reading throws on anything unexpected; Judge::Resume catches.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "agent/core/time.h"

namespace vitals {

using Json = nlohmann::json;

struct Saving {
  Time now{};
  std::size_t longest_text = 200;  // messages for people are cut to this
};

struct Resuming {
  Time now{};
  Duration away{};  // how long nobody judged
  // The broker may have changed unseen: what was seen last tells nothing about now.
  bool long_away = false;

  Time Lived(const Json& age) const;  // for stretches that only count while somebody looks
  Time Real(const Json& age) const;   // for bounds that run on whoever looks
};

}  // namespace vitals
