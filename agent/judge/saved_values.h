// How single values of the judge's parts are written and read back: ages, names of enumerators,
// processes, failures, cut text. Included by the files that write the parts only.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "agent/core/failure.h"
#include "agent/core/process_look.h"
#include "agent/judge/saved.h"
#include "agent/judge/seen_span.h"

namespace vitals {

// Ages and lengths in milliseconds; a text that says more than ten years is broken.
inline std::int64_t Millis(Duration length) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
}

inline Duration ReadLength(const Json& saved) {
  constexpr std::int64_t kMost = std::int64_t{10} * 366 * 24 * 3600 * 1000;
  const auto length = saved.get<std::int64_t>();
  if (length < -kMost || length > kMost) throw std::out_of_range("a time out of range");
  return std::chrono::milliseconds(length);
}

inline std::int64_t Age(Time then, const Saving& saving) { return Millis(saving.now - then); }

inline Json Age(const std::optional<Time>& then, const Saving& saving) {
  return then ? Json(Age(*then, saving)) : Json();
}

// What was seen of it goes on; the time between two agents has been seen by none.
inline std::int64_t Length(const SeenSpan& span, const Saving& saving) {
  return Millis(span.Seen(saving.now));
}

inline Json Length(const std::optional<SeenSpan>& span, const Saving& saving) {
  return span ? Json(Length(*span, saving)) : Json();
}

inline Json SavedProcess(const ProcessIdentity& process) {
  return {process.pid, process.started_at};
}

inline ProcessIdentity ReadProcess(const Json& saved) {
  return {saved.at(0).get<std::int32_t>(), saved.at(1).get<std::uint64_t>()};
}

template <typename Enum>
Enum ReadName(const Json& saved, std::size_t count) {
  const auto& name = saved.get_ref<const std::string&>();
  for (std::size_t i = 0; i < count; ++i) {
    if (Name(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  throw std::out_of_range("an unknown name");
}

inline Json SavedFailure(const std::optional<Failure>& failure, const Saving& saving) {
  if (!failure) return {};
  return {{"stage", Name(failure->stage)},
          {"reason", Name(failure->reason)},
          {"fault", Name(failure->fault)},
          {"detail", failure->detail.substr(0, saving.longest_text)}};
}

inline std::optional<Failure> ReadFailure(const Json& saved) {
  if (saved.is_null()) return std::nullopt;
  return Failure{ReadName<Stage>(saved.at("stage"), kStageCount),
                 ReadName<FailReason>(saved.at("reason"), kFailReasonCount),
                 ReadName<Fault>(saved.at("fault"), kFaultCount),
                 saved.at("detail").get<std::string>()};
}

}  // namespace vitals
