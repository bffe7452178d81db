#include "agent/judge/process_view.h"

#include "agent/judge/saved_values.h"

namespace vitals {
namespace {

constexpr Duration kFreshLook = std::chrono::seconds(15);  // they come every 5 s
constexpr double kIdle = 0.01;                             // of a core

}  // namespace

ProcessView::News ProcessView::Fold(const ProcessLook& look, Time at) {
  newest_ = look;
  looked_at_ = at;
  if (!look.trouble.empty()) {
    idle_.reset();
    return News::kNone;
  }
  const bool first = known_ == ProcessIdentity{};
  const bool same = known_ == look.process;
  known_ = look.process;
  owner_ = look.owner;
  const bool works = look.disk_sleep || look.cpu.value_or(0) >= kIdle;
  if (works || !same) idle_.reset();
  if (!works && !idle_) idle_ = SeenSpan{at};
  return same ? News::kNone : first ? News::kFirst : News::kReplaced;
}

void ProcessView::Missed(Duration length, Time now) {
  if (idle_) idle_->Miss(length, now);
}

bool ProcessView::visible(Time now) const {
  return newest_ && newest_->trouble.empty() && now - looked_at_ <= kFreshLook;
}

Json ProcessView::Save() const {
  return {{"known", SavedProcess(known_)}, {"owner", SavedProcess(owner_)}};
}

void ProcessView::Resume(const Json& saved) {
  known_ = ReadProcess(saved.at("known"));
  owner_ = ReadProcess(saved.at("owner"));
}

}  // namespace vitals
