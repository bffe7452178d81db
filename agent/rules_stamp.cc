#include "agent/rules_stamp.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace vitals {
namespace {

using std::chrono::seconds;

// A stamp stands behind a process number or a bracket at most.
constexpr std::size_t kSearched = 24;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int Number(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// 'd' stands for a digit, '?' for any byte.
bool HasShape(std::string_view text, std::string_view shape) {
  return text.size() >= shape.size() &&
         std::equal(shape.begin(), shape.end(), text.begin(), [](char wanted, char is) {
           return wanted == '?' || (wanted == 'd' ? IsDigit(is) : wanted == is);
         });
}

// .123 or ,123456
Duration Fraction(std::string_view text) {
  Duration fraction{};
  if (text.empty() || (text.front() != '.' && text.front() != ',')) return fraction;
  Duration unit = std::chrono::milliseconds(100);
  for (const char c : text.substr(1)) {
    if (!IsDigit(c) || unit == Duration{}) break;
    fraction += (c - '0') * unit;
    unit /= 10;
  }
  return fraction;
}

std::optional<Time> Epoch(std::string_view line) {
  const auto end = std::find_if_not(line.begin(), line.end(), IsDigit);
  const auto digits = static_cast<std::size_t>(end - line.begin());
  if (digits < 9 || digits > 11 || !line.substr(digits).starts_with(": ")) return std::nullopt;
  std::int64_t count = 0;
  std::from_chars(line.data(), line.data() + digits, count);
  return Time(seconds(count));
}

std::optional<Time> Calendar(std::string_view line) {
  constexpr std::string_view kShape = "dddd?dd?dd?dd:dd:dd";
  for (std::size_t at = 0; at < kSearched && at + kShape.size() <= line.size(); ++at) {
    const std::string_view text = line.substr(at);
    if (!HasShape(text, kShape)) continue;
    const std::chrono::year_month_day day(
        std::chrono::year(Number(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(Number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(Number(text.substr(8, 2)))));
    // Beyond these years nanoseconds overflow.
    if (!day.ok() || day.year() < std::chrono::year(1970) || day.year() > std::chrono::year(2200)) {
      return std::nullopt;
    }
    return Time(std::chrono::sys_days(day).time_since_epoch()) +
           std::chrono::hours(Number(text.substr(11, 2))) +
           std::chrono::minutes(Number(text.substr(14, 2))) + seconds(Number(text.substr(17, 2))) +
           Fraction(text.substr(kShape.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Time> ReadStamp(std::string_view line) {
  if (const auto epoch = Epoch(line)) return epoch;
  return Calendar(line);
}

}  // namespace vitals
