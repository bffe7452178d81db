// Names of closed lists. Each enum that a person, a metric or a file can see has one table of names
// in its .cc, in the order of its values; this header turns such a table into both directions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace vitals {

template <typename Enum, std::size_t N>
struct NameTable {
  std::array<std::string_view, N> names;

  constexpr std::string_view Name(Enum value) const {
    return names[static_cast<std::size_t>(value)];
  }
  constexpr std::optional<Enum> Find(std::string_view name) const {
    const auto* at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<Enum>(at - names.begin());
  }
};

}  // namespace vitals
