#include "agent/judge/process_view.h"

#include <nlohmann/json.hpp>

namespace vitals {
namespace {

constexpr Duration kFreshLook = std::chrono::seconds(15);  // they come every 5 s
constexpr double kIdle = 0.01;                             // of a core

Json Saved(const ProcessIdentity& process) { return {process.pid, process.started_at}; }

ProcessIdentity Read(const Json& saved) {
  return {saved.at(0).get<std::int32_t>(), saved.at(1).get<std::uint64_t>()};
}

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

Json ProcessView::Save() const { return {{"known", Saved(known_)}, {"owner", Saved(owner_)}}; }

void ProcessView::Resume(const Json& saved) {
  known_ = Read(saved.at("known"));
  owner_ = Read(saved.at("owner"));
}

}  // namespace vitals
