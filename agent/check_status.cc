#include "agent/check_status.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/core/names.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""h;

constexpr NameTable<CheckStatus, kCheckStatusCount> kStatuses{
    {"ok", "warning", "critical", "unknown"}};
constexpr Duration kSoonExpired = 14 * 24h;

std::string Describe(const Failure& failure) {
  std::string text(Name(failure.stage));
  text.append(": ").append(Name(failure.reason)).append(", fault ").append(Name(failure.fault));
  return failure.detail.empty() ? text : text + ": " + failure.detail;
}

CheckStatus StatusOf(const Failure& failure, bool reacted) {
  if (failure.fault == Fault::kAgent) return CheckStatus::kUnknown;
  // It took the bytes and may still answer: an alarm, a slow login.
  const bool alive = reacted || failure.reason == FailReason::kUnanswered;
  return alive ? CheckStatus::kWarning : CheckStatus::kCritical;
}

std::string WhatIsWrong(const ServedCertificate& certificate, WallTime now) {
  const auto days = std::chrono::duration_cast<std::chrono::hours>(certificate.expires - now) / 24h;
  if (!certificate.trusted) return "certificate of an unknown authority";
  if (!certificate.name_ok) return "certificate without the expected name";
  if (certificate.expires - now > kSoonExpired) return {};
  return "certificate expires in " + std::to_string(days) + " days";
}

}  // namespace

std::string_view Name(CheckStatus status) { return kStatuses.Name(status); }

Duration Checked::Total() const {
  Duration total{};
  for (const auto& stage : connect.stages) total += stage.value_or(Duration{});
  return total;
}

CheckStatus Worst(CheckStatus a, CheckStatus b) {
  constexpr std::array<int, kCheckStatusCount> kRank{0, 1, 3, 2};
  return kRank[static_cast<std::size_t>(a)] < kRank[static_cast<std::size_t>(b)] ? b : a;
}

void Judge(Checked& checked, Duration slow, WallTime now) {
  const auto add = [&checked](CheckStatus status, const std::string& note) {
    checked.status = Worst(checked.status, status);
    checked.note += (checked.note.empty() ? "" : "; ") + note;
  };
  const ConnectEvidence& connect = checked.connect;
  if (connect.failure) {
    return add(StatusOf(*connect.failure, connect.reacted), Describe(*connect.failure));
  }
  if (checked.Total() > slow) add(CheckStatus::kWarning, "slow");
  if (connect.certificate) {
    const std::string wrong = WhatIsWrong(*connect.certificate, now);
    if (!wrong.empty()) add(CheckStatus::kWarning, wrong);
  }
  // A fresh connect was answered: the broker lives, whatever became of the message.
  if (checked.round_trip && checked.round_trip->failure) {
    add(StatusOf(*checked.round_trip->failure, true), Describe(*checked.round_trip->failure));
  }
}

}  // namespace vitals
