#include "agent/memory_watch.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace vitals {
namespace {

// A file that holds one number; "max" is none.
std::optional<std::uint64_t> Number(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::uint64_t number = 0;
  return stream >> number ? std::optional(number) : std::nullopt;
}

// The number that follows `name` in a file of names and numbers; 0 without it.
std::uint64_t NumberOf(const std::filesystem::path& file, std::string_view name) {
  std::ifstream stream(file);
  for (std::string word; stream >> word;) {
    std::uint64_t number = 0;
    if (word == name && stream >> number) return number;
  }
  return 0;
}

// The line "0::PATH" is the one of version 2 (cgroups(7)).
std::filesystem::path OwnGroup() {
  std::ifstream stream("/proc/self/cgroup");
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("0::/")) return "/sys/fs/cgroup/" + line.substr(4);
  }
  return "/sys/fs/cgroup";
}

}  // namespace

MemoryWatch::MemoryWatch() : MemoryWatch(OwnGroup(), "/proc/self/status") {}

MemoryWatch::MemoryWatch(std::filesystem::path group, std::filesystem::path status)
    : group_(std::move(group)), status_(std::move(status)) {}

bool MemoryWatch::HasLimit() const { return Number(group_ / "memory.max").has_value(); }

std::optional<MemoryUse> MemoryWatch::TooMuch() const {
  const auto limit = Number(group_ / "memory.max");
  const auto current = Number(group_ / "memory.current");
  if (!limit || !current) return std::nullopt;
  const auto most = static_cast<std::uint64_t>(kShare * static_cast<double>(*limit));
  if (*current <= most) return std::nullopt;
  const std::filesystem::path stat = group_ / "memory.stat";
  const std::uint64_t cache = NumberOf(stat, "active_file") + NumberOf(stat, "inactive_file");
  const MemoryUse use{*current - std::min(*current, cache), *limit,
                      NumberOf(status_, "RssAnon:") << 10};
  const bool ours = use.own >= use.used / 2;
  return use.used > most && ours ? std::optional(use) : std::nullopt;
}

}  // namespace vitals
