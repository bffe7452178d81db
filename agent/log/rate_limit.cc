#include "agent/log/rate_limit.h"

namespace vitals {
namespace {

constexpr Duration kWindow = std::chrono::seconds(1);

}  // namespace

bool RateLimit::Allow(std::string_view key, Time now, std::uint64_t* left_out) {
  auto found = windows_.find(key);
  if (found == windows_.end()) found = windows_.emplace(key, Window{now, 0, 0}).first;
  Window& window = found->second;
  if (now - window.start >= kWindow) {
    window.start = now;
    window.lines = 0;
  }
  if (window.lines >= kPerSecond) {
    ++window.left_out;
    return false;
  }
  ++window.lines;
  *left_out = std::exchange(window.left_out, 0);
  return true;
}

std::vector<std::pair<std::string, std::uint64_t>> RateLimit::TakeLeftOut(Time now) {
  std::vector<std::pair<std::string, std::uint64_t>> quiet;
  for (auto& [key, window] : windows_) {
    if (window.left_out == 0 || now - window.start < kWindow) continue;
    quiet.emplace_back(key, std::exchange(window.left_out, 0));
  }
  return quiet;
}

}  // namespace vitals
