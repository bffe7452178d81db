// ProcessView: what the looks at the broker's process add up to: whether it is another one than
// before, and for how long it has done nothing. A look that shows nothing says nothing.
//
// Owned by the Judge, its thread only.
#pragma once

#include <optional>

#include "agent/core/process_look.h"
#include "agent/judge/saved.h"
#include "agent/judge/seen_span.h"

namespace vitals {

class ProcessView {
 public:
  enum class News { kNone, kFirst, kReplaced };
  News Fold(const ProcessLook& look, Time at);
  void Missed(Duration length, Time now);

  const std::optional<ProcessLook>& newest() const { return newest_; }
  bool visible(Time now) const;
  // For how long it has used less than 1 % of a core, with no thread waiting for a disk.
  Duration Idle(Time now) const { return idle_ ? idle_->Seen(now) : Duration{}; }
  // Who may start the broker anew without the kubelet's knowledge; none = nobody, or not known.
  const ProcessIdentity& owner() const { return owner_; }

  Json Save() const;
  void Resume(const Json& saved);

 private:
  std::optional<ProcessLook> newest_;
  Time looked_at_{};
  ProcessIdentity known_, owner_;  // as last seen
  std::optional<SeenSpan> idle_;
};

}  // namespace vitals
