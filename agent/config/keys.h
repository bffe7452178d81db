// The table of keys: name, type, limits, help and access of everything that can be configured. The
// one source for reading the file strictly, for environment and flags, for `config print`, `config
// schema` and docs/configuration.md. A default is what its field in Settings begins with.
//
// Built once, immutable, any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.h"
#include "agent/core/result.h"

namespace vitals {

enum class KeyKind : std::uint8_t {
  kText,
  kTextList,
  kBool,
  kInt,
  kDuration,
  kSize,
  kAddress,
  kChoice,
};

struct KeyInfo {
  std::string_view section;
  std::string_view name;
  std::string_view help;
  KeyKind kind = KeyKind::kText;
  std::vector<std::string_view> choices = {};  // kChoice, or words besides another kind
  std::int64_t min = 0, max = 0;               // kInt; kDuration in ns; kSize in bytes

  std::string Path() const { return std::string(section).append(".").append(name); }
  std::string Variable() const;  // MQTT_VITALS__SECTION__NAME
  std::string TypeText() const;  // "duration, 1ms to 10s", for people
};

template <typename Target>
struct Key : KeyInfo {
  std::function<Result<void>(Target&, std::string_view)> set;          // all but kTextList
  std::function<std::string(const Target&)> print;                     // all but kTextList
  std::function<const std::vector<std::string>&(const Target&)> list;  // kTextList
  std::function<void(Target&, std::vector<std::string>)> set_list;     // kTextList
};

// The keys of all sections, a section's keys side by side.
const std::vector<Key<Config>>& ConfigKeys();
// The keys of one item of `endpoints`; their section is "endpoints".
const std::vector<Key<EndpointConfig>>& EndpointKeys();
// The keys of `tls` in such an item; their section is "endpoints.tls".
const std::vector<Key<EndpointConfig>>& TlsKeys();

}  // namespace vitals
