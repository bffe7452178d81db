#include "probes/host/process_stat.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "agent/core/fd.h"

namespace vitals {
namespace {

template <typename Number>
bool Read(std::string_view word, Number& number) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size();
}

}  // namespace

std::optional<ProcessStat> ParseStat(std::string_view line) {
  // The name may hold anything, brackets and spaces too: it ends at the last bracket.
  const auto open = line.find('(');
  const auto close = line.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      open < 2) {
    return std::nullopt;
  }
  ProcessStat stat;
  stat.name = line.substr(open + 1, close - open - 1);
  if (!Read(line.substr(0, open - 1), stat.identity.pid)) return std::nullopt;

  constexpr std::size_t kState = 3, kParent = 4, kUser = 14, kSystem = 15, kStart = 22;
  std::array<std::string_view, kStart + 1> fields;
  std::string_view rest = line.substr(close + 1);
  for (std::size_t i = kState; i <= kStart; ++i) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    fields[i] = rest.substr(0, rest.find_first_of(" \n"));
    rest.remove_prefix(fields[i].size());
  }
  std::uint64_t user = 0, system = 0;
  if (fields[kState].size() != 1 || !Read(fields[kParent], stat.parent) ||
      !Read(fields[kUser], user) || !Read(fields[kSystem], system) ||
      !Read(fields[kStart], stat.identity.started_at)) {
    return std::nullopt;
  }
  stat.state = fields[kState].front();
  stat.cpu_ticks = user + system;
  return stat;
}

std::optional<ProcessStat> ReadStat(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> line;  // NOLINT: read(2) fills what is used
  const ssize_t size = file ? ::read(file.get(), line.data(), line.size()) : 0;
  if (size <= 0) return std::nullopt;
  return ParseStat({line.data(), static_cast<std::size_t>(size)});
}

}  // namespace vitals
