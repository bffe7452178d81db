// What is said over the control socket: one line of JSON as a request, one as the answer, then the
// connection ends. docs/http.md does not have it: it is for `mqtt-vitals drain` and its kin, of the
// same version, and reachable only by the agent's own user.
//
//   {"version":1,"command":"hold","for_ms":1800000,"reason":"heap dump"}
//   {"version":1,"ok":true,"message":"...","errors":[],"state":{"generation":0,...}}
//
// Pure functions, any thread; nothing here throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace vitals {

enum class ControlVerb : std::uint8_t { kDrain, kUndrain, kHold, kRelease, kReload, kStatus };
inline constexpr std::size_t kControlVerbCount = 6;
std::string_view Name(ControlVerb verb);

struct ControlRequest {
  static constexpr std::size_t kMax = 4 << 10;  // bytes of its line
  static constexpr std::size_t kReasonMax = 200;

  ControlVerb verb = ControlVerb::kStatus;
  Duration length{};   // hold
  std::string reason;  // hold
};

// How the agent is right after it has done as asked.
struct ControlState {
  std::uint32_t generation = 0;  // of the worker; a reload makes another
  bool ready = false;
  std::optional<std::uint32_t> clients;  // connected to the broker; none = can't be counted
};

struct ControlAnswer {
  static constexpr std::size_t kMax = 64 << 10;

  bool ok = false;
  std::string message;
  std::vector<std::string> errors;  // in the configuration, one a line: FILE:LINE: TEXT
  ControlState state;
};

// The line, with its newline.
std::string Encode(const ControlRequest& request);
std::string Encode(const ControlAnswer& answer);

Result<ControlRequest> DecodeControlRequest(std::string_view line);
Result<ControlAnswer> DecodeControlAnswer(std::string_view line);

}  // namespace vitals
