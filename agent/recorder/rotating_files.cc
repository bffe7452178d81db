#include "agent/recorder/rotating_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <system_error>
#include <utility>

namespace vitals {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "recording-";
constexpr std::string_view kEnd = ".jsonl";
// An agent that is started again and again makes small files: not more than this.
constexpr std::size_t kMostFiles = 256;
// Of the whole, so that the newest part is never far from all of it.
constexpr std::uint64_t kParts = 8;

std::string FileName(std::uint64_t number) {
  char name[48];
  std::snprintf(name, sizeof name, "recording-%08llu.jsonl",
                static_cast<unsigned long long>(number));
  return name;
}

std::optional<std::uint64_t> NumberOf(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) return std::nullopt;
  const char* first = name.data() + kBegin.size();
  const char* last = name.data() + name.size() - kEnd.size();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(first, last, number);
  if (error != std::errc{} || end != last) return std::nullopt;
  return number;
}

}  // namespace

std::vector<fs::path> RecordingFiles(const fs::path& folder) {
  std::vector<std::pair<std::uint64_t, fs::path>> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (const auto number = NumberOf(at->path())) found.emplace_back(*number, at->path());
  }
  std::sort(found.begin(), found.end());
  std::vector<fs::path> paths;
  for (auto& [number, path] : found) paths.push_back(std::move(path));
  return paths;
}

RotatingFiles::RotatingFiles(fs::path folder, std::uint64_t max_bytes,
                             std::function<std::string()> head)
    : folder_(std::move(folder)),
      max_bytes_(max_bytes),
      part_bytes_(max_bytes / kParts),
      head_(std::move(head)) {}

Result<void> RotatingFiles::Open() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) {
    return Fail(error.message(), folder_.string(),
                "give the agent a state folder that it may write");
  }
  for (const fs::path& path : RecordingFiles(folder_)) {
    const auto bytes = fs::file_size(path, error);
    kept_.push_back({path, error ? 0 : bytes});
    number_ = *NumberOf(path);
  }
  return Next();
}

Result<void> RotatingFiles::Next() {
  const fs::path path = folder_ / FileName(number_ + 1);
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!file) {
    return Fail(std::generic_category().message(errno), path.string(),
                "give the agent a state folder that it may write");
  }
  file_ = std::move(file);
  kept_.push_back({path, 0});
  if (!Write(head_())) {
    // A full disk: an empty file helps nobody, and must not push out what was recorded.
    file_.Close();
    kept_.pop_back();
    std::error_code error;
    fs::remove(path, error);
    return Fail("cannot be written", path.string(), "free space on the disk");
  }
  ++number_;
  Prune();
  return {};
}

void RotatingFiles::Prune() {
  std::uint64_t bytes = part_bytes_;  // what the new file may become
  for (std::size_t i = 0; i + 1 < kept_.size(); ++i) bytes += kept_[i].bytes;
  while (kept_.size() > 1 && (bytes > max_bytes_ || kept_.size() > kMostFiles)) {
    std::error_code error;
    fs::remove(kept_.front().path, error);
    bytes -= kept_.front().bytes;
    kept_.pop_front();
  }
}

// All or nothing: what was written of a piece that did not fit is taken back.
bool RotatingFiles::Write(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t wrote = ::write(file_.get(), bytes.data() + at, bytes.size() - at);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      if (at > 0 && ::ftruncate(file_.get(), static_cast<off_t>(kept_.back().bytes)) != 0) {
        file_.Close();  // what follows goes into a new file
      }
      return false;
    }
    at += static_cast<std::size_t>(wrote);
  }
  kept_.back().bytes += bytes.size();
  written_ += bytes.size();
  return true;
}

std::size_t RotatingFiles::Fitting(std::string_view lines) const {
  const std::uint64_t used = kept_.back().bytes;
  if (used >= part_bytes_) return 0;
  const std::uint64_t room = part_bytes_ - used;
  if (lines.size() <= room) return lines.size();
  const std::size_t end = lines.rfind('\n', room - 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

std::uint64_t RotatingFiles::Append(std::string_view lines) {
  const auto count = [](std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  };
  std::uint64_t lost = 0;
  while (!lines.empty()) {
    std::size_t length = file_ ? Fitting(lines) : 0;
    if (length == 0) {
      if (!Next()) return lost + count(lines);
      // A line that is longer than a file may be gets one of its own.
      length = std::max(Fitting(lines), lines.find('\n') + 1);
    }
    if (!Write(lines.substr(0, length))) lost += count(lines.substr(0, length));
    lines.remove_prefix(length);
  }
  return lost;
}

}  // namespace vitals
