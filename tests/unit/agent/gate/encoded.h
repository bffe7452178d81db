// A snapshot's verdicts as the gate gets them: through the code of the shared page and back. One
// thread.
#pragma once

#include <string>

#include "agent/gate/answer.h"
#include "agent/gate/verdict_code.h"

namespace vitals {

class Encoded {
 public:
  explicit Encoded(const Snapshot& snapshot)
      : bytes_(EncodeVerdicts(snapshot, {})), good_(DecodeVerdicts(bytes_, &stamp_, &views_)) {}
  Encoded(const Encoded&) = delete;

  bool good() const { return good_; }
  const VerdictViews& views() const { return views_; }
  Standing standing() const { return {&views_.startup, &views_.readiness, &views_.liveness}; }

 private:
  const std::string bytes_;
  VerdictStamp stamp_;
  VerdictViews views_;
  const bool good_;
};

}  // namespace vitals
