#include "agent/config/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace vitals {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// Ascending, so that printing takes the last one that divides.
constexpr std::array<Unit, 4> kDurationUnits{
    {{"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}}};
constexpr std::array<Unit, 4> kSizeUnits{
    {{"B", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}}};

template <typename Number>
std::optional<Number> WholeNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// A whole number and one of `units`, as a multiple of the smallest; nothing if it is not that or
// does not fit into 63 bits.
std::optional<std::uint64_t> ReadQuantity(std::string_view text, const std::array<Unit, 4>& units) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = WholeNumber<std::uint64_t>(text.substr(0, digits));
  std::string_view unit = text.substr(digits);
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  const auto* found =
      std::find_if(units.begin(), units.end(), [unit](const Unit& u) { return u.name == unit; });
  if (!number || found == units.end()) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (*number > kMax / found->factor) return std::nullopt;
  return *number * found->factor;
}

std::string PrintQuantity(std::uint64_t value, const std::array<Unit, 4>& units) {
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    if (value != 0 && value % unit->factor == 0) {
      return std::to_string(value / unit->factor).append(unit->name);
    }
  }
  return std::to_string(value).append(units.front().name);
}

// Levenshtein distance, row by row.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replace, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

tl::unexpected<Error> FailRange(std::string_view text, const std::string& min,
                                const std::string& max) {
  return Fail(Quoted(text) + " is out of range", {}, "write a value from " + min + " to " + max);
}

}  // namespace

std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  return "'" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "...'" : "'");
}

Result<bool> ReadBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return Fail(Quoted(text) + " is neither true nor false", {}, "write true or false");
}

Result<int> ReadInt(std::string_view text, int min, int max) {
  const auto value = WholeNumber<int>(text);
  if (!value) return Fail(Quoted(text) + " is not a whole number", {}, "write digits only");
  if (*value >= min && *value <= max) return *value;
  return FailRange(text, std::to_string(min), std::to_string(max));
}

Result<Duration> ReadDuration(std::string_view text) {
  if (const auto value = ReadQuantity(text, kDurationUnits)) {
    return Duration(static_cast<std::int64_t>(*value));
  }
  return Fail(Quoted(text) + " is not a duration", {},
              "write a whole number and a unit: 250ms, 5s, 10m, 1h");
}

Result<std::uint64_t> ReadSize(std::string_view text) {
  if (const auto value = ReadQuantity(text, kSizeUnits)) return *value;
  return Fail(Quoted(text) + " is not a size", {},
              "write a whole number and a unit: 512B, 16KiB, 64MiB, 1GiB");
}

Result<Duration> ReadDuration(std::string_view text, Duration min, Duration max) {
  auto value = ReadDuration(text);
  if (!value || (*value >= min && *value <= max)) return value;
  return FailRange(text, PrintDuration(min), PrintDuration(max));
}

Result<std::uint64_t> ReadSize(std::string_view text, std::uint64_t min, std::uint64_t max) {
  auto value = ReadSize(text);
  if (!value || (*value >= min && *value <= max)) return value;
  return FailRange(text, PrintSize(min), PrintSize(max));
}

Result<Address> ReadAddress(std::string_view text) {
  constexpr const char* kRemedy = "write ADDRESS:PORT: [::]:9461, 0.0.0.0:9461, :9461";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return Fail(Quoted(text) + " has no port", {}, kRemedy);
  }
  const auto port = WholeNumber<std::uint16_t>(text.substr(colon + 1));
  if (!port) return Fail(Quoted(text) + " has no port from 0 to 65535", {}, kRemedy);
  std::string_view host = text.substr(0, colon);
  if (host.empty()) return Address{"::", *port};
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  in6_addr binary{};
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, std::string(host).c_str(), &binary) != 1) {
    return Fail(Quoted(text) + " has no numeric address", {}, kRemedy);
  }
  return Address{std::string(host), *port};
}

Result<std::string> ReadIdentifier(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  if (!text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos) {
    return std::string(text);
  }
  return Fail(Quoted(text) + " is not a plain name", {}, "use only a-z, 0-9 and _");
}

Result<int> ReadMqttVersion(std::string_view text) {
  if (text == "3.1.1") return 4;
  if (text == "5") return 5;
  return Fail(Quoted(text) + " is not an MQTT version", {}, "write 3.1.1 or 5");
}

std::string PrintDuration(Duration value) {
  if (value == Duration{}) return "0s";
  constexpr std::uint64_t kMs = kDurationUnits[0].factor;
  return PrintQuantity(static_cast<std::uint64_t>(value.count()) / kMs * kMs, kDurationUnits);
}

std::string PrintSize(std::uint64_t bytes) { return PrintQuantity(bytes, kSizeUnits); }

std::string PrintMqttVersion(int version) { return version == 4 ? "3.1.1" : "5"; }

std::string_view Nearest(std::string_view text, const std::vector<std::string_view>& known) {
  constexpr std::size_t kLongest = 64;  // bounds the work; no name of ours is longer
  if (text.size() > kLongest) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, text.size() / 3) + 1;
  for (const std::string_view name : known) {
    const std::size_t shorter = std::min(text.size(), name.size());
    const bool shortened = shorter >= 3 && text.substr(0, shorter) == name.substr(0, shorter);
    const std::size_t distance = shortened ? 1 : Distance(text, name);
    if (distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string Suggest(std::string_view text, const std::vector<std::string_view>& known) {
  if (const auto nearest = Nearest(text, known); !nearest.empty()) {
    return "did you mean '" + std::string(nearest) + "'?";
  }
  std::string list;
  for (const std::string_view name : known) list.append(list.empty() ? "" : ", ").append(name);
  return "known: " + list;
}

Result<std::size_t> ReadChoice(std::string_view text, const std::vector<std::string_view>& known) {
  const auto found = std::find(known.begin(), known.end(), text);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  return Fail("unknown value " + Quoted(text), {}, Suggest(text, known));
}

}  // namespace vitals
