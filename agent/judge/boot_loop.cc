#include "agent/judge/boot_loop.h"

#include <algorithm>

#include "agent/judge/saved_values.h"

namespace vitals {
namespace {

constexpr std::size_t kMost = 32;  // remembered; the first always

}  // namespace

void BootLoop::Begin(Time began, bool reacted, const ProcessIdentity& owner) {
  if (reacted || owner != owner_) begun_.clear();
  owner_ = owner;
  while (!begun_.empty() && began - begun_.front() > kSpan) begun_.pop_front();
  if (begun_.size() == kMost) begun_.erase(begun_.begin() + 1);
  begun_.push_back(began);
}

std::optional<Time> BootLoop::Since(Time now, const ProcessIdentity& owner) const {
  if (owner == ProcessIdentity{} || owner != owner_ || begun_.size() < kBoots ||
      now - begun_[begun_.size() - kBoots] > kSpan) {
    return std::nullopt;
  }
  return begun_.front();
}

Duration BootLoop::longest() const {
  Duration longest{};
  for (std::size_t i = 1; i < begun_.size(); ++i) {
    longest = std::max(longest, begun_[i] - begun_[i - 1]);
  }
  return longest;
}

Json BootLoop::Save(const Saving& saving) const {
  Json saved{{"owner", SavedProcess(owner_)}, {"begun", Json::array()}};
  for (const Time began : begun_) saved["begun"].push_back(Age(began, saving));
  return saved;
}

void BootLoop::Resume(const Json& saved, const Resuming& resuming) {
  owner_ = ReadProcess(saved.at("owner"));
  for (const Json& age : saved.at("begun")) {
    if (begun_.size() < kMost) begun_.push_back(resuming.Real(age));
  }
}

}  // namespace vitals
