#include "probes/log/tailer.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <system_error>

namespace vitals {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
constexpr std::size_t kMostClosed = 64;

Time LastWrite(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return {};
  return Time(std::chrono::seconds(info.st_mtim.tv_sec) +
              std::chrono::nanoseconds(info.st_mtim.tv_nsec));
}

std::string Unreachable(const std::string& path, int error) {
  return Error{std::generic_category().message(error), path,
               "let the agent read the folders that lead to the broker's log"}
      .ToString();
}

}  // namespace

Tailer::Tailer(std::vector<std::string> patterns, std::uint64_t look_back, std::uint64_t gap_limit)
    : patterns_(std::move(patterns)),
      look_back_(look_back),
      gap_limit_(gap_limit),
      buffer_(kBuffer) {}

void Tailer::Narrow(std::vector<std::string> patterns) {
  patterns_ = std::move(patterns);
  const std::vector<Path> old = std::exchange(paths_, {});
  FindPaths();
  std::erase_if(files_, [&](File& file) {
    const auto same = std::ranges::find(paths_, old[file.path].path, &Path::path);
    if (same == paths_.end()) return true;
    *same = old[file.path];
    file.path = static_cast<std::size_t>(same - paths_.begin());
    return false;
  });
}

void Tailer::Complain(std::string text) {
  if (trouble_.empty()) trouble_ = std::move(text);
}

void Tailer::AddPath(std::string path) {
  if (std::ranges::find(paths_, path, &Path::path) == paths_.end()) {
    paths_.push_back({std::move(path), std::nullopt, false});
  }
}

void Tailer::FindPaths() {
  glob_trouble_.clear();
  for (const std::string& pattern : patterns_) {
    if (pattern.find_first_of("*?[") == std::string::npos) {
      AddPath(pattern);
      continue;
    }
    glob_t found{};
    if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc; ++i) AddPath(found.gl_pathv[i]);
    } else if (const std::string folder = pattern.substr(0, pattern.find_last_of('/'));
               access(folder.c_str(), R_OK | X_OK) != 0 && errno == EACCES) {
      glob_trouble_ = Unreachable(folder, EACCES);
    }
    globfree(&found);
  }
}

void Tailer::Scan(Time now) {
  if (!globbed_ || now - *globbed_ >= kGlobEvery) {
    FindPaths();
    globbed_ = now;
  }
  trouble_ = glob_trouble_;
  // At first the oldest file comes first, so that the newest boot is told last.
  std::vector<std::size_t> order(paths_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (first_scan_) {
    std::ranges::sort(order, {},
                      [&](std::size_t i) { return std::pair(LastWrite(paths_[i].path), i); });
  }
  for (const std::size_t index : order) Follow(index, now);
  first_scan_ = false;

  for (File& file : files_) {
    const bool led_to = std::ranges::any_of(
        paths_, [&](const Path& path) { return path.leads_to == file.log.id(); });
    if (led_to && !file.log.deleted()) {
      file.left.reset();
    } else if (!file.left) {
      file.left = now;
      file.drained = false;
    }
  }
}

void Tailer::Follow(std::size_t index, Time now) {
  Path& path = paths_[index];
  struct stat info{};
  if (stat(path.path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) {
      Complain(Unreachable(path.path, errno));
    }
    return;
  }
  const FileId id{info.st_dev, info.st_ino};
  File* known = FindFile(id);
  if (known == nullptr) return Open(index, now);
  if (path.leads_to == id) return;
  if (path.found) ++counters_.rotations;
  path.leads_to = id;
  path.found = true;
  known->path = index;
}

Tailer::File* Tailer::FindFile(FileId id) {
  const auto at = std::ranges::find_if(files_, [&](const File& f) { return f.log.id() == id; });
  return at == files_.end() ? nullptr : &*at;
}

void Tailer::Open(std::size_t index, Time now) {
  Path& path = paths_[index];
  if (files_.size() >= kMostFiles) {
    return Complain(Error{"not followed: more than " + std::to_string(kMostFiles) + " files",
                          path.path, "narrow the log paths"}
                        .ToString());
  }
  auto opened = LogFile::Open(path.path);
  if (!opened) return Complain(opened.error().ToString());
  if (FindFile(opened->id()) != nullptr) return;  // renamed since stat: the next Scan sees it

  File file{std::move(*opened), index, std::nullopt, 0, std::nullopt, true, now};
  const auto closed =
      std::ranges::find(closed_, file.log.id(), &std::pair<FileId, Bookmark>::first);
  if (closed != closed_.end()) {
    file.log.ResumeAt(closed->second);
    closed_.erase(closed);
  } else if (first_scan_ && file.log.size() > 0) {
    file.border = file.log.size();
    file.look_back.emplace(file.border, file.border - std::min(file.border, look_back_));
  }
  if (path.found) ++counters_.rotations;
  path.found = true;
  path.leads_to = file.log.id();
  files_.push_back(std::move(file));
}

// The past comes first, one file after the other.
bool Tailer::ReadPast(std::size_t budget, LineSink& sink, Turn& turn) {
  for (File& file : files_) {
    if (file.look_back) {
      const auto begins_boot = [&](std::string_view line) { return sink.BeginsBoot(line); };
      switch (file.look_back->Step(file.log.fd(), buffer_, begins_boot)) {
        case LookBack::Progress::kGoesOn:
          return true;
        case LookBack::Progress::kFound:
          file.log.StartAt(file.look_back->offset(), file.border);
          break;
        case LookBack::Progress::kNotThere:
          file.log.StartAt(file.border, file.border);
          break;
      }
      file.look_back.reset();
    }
    if (file.log.offset() >= file.border) continue;
    turn.bytes += file.log.Read(budget, gap_limit_, buffer_, sink, counters_);
    // Truncated meanwhile, or the past ends in an unterminated line: it is over too.
    if (file.log.offset() >= file.border || file.log.at_end()) {
      file.border = 0;
      continue;
    }
    return true;
  }
  return false;
}

void Tailer::ReadFile(File& file, Time now, std::size_t budget, LineSink& sink, Turn& turn) {
  const std::size_t got = file.log.Read(budget, gap_limit_, buffer_, sink, counters_);
  turn.bytes += got;
  if (got > 0) file.grew = now;
  if (file.log.at_end()) {
    file.drained = true;
  } else {
    turn.more = true;
  }
}

Tailer::Turn Tailer::Read(Time now, std::size_t budget, LineSink& sink) {
  Turn turn;
  if (ReadPast(budget, sink, turn)) {
    turn.more = true;
    return turn;
  }
  for (File& file : files_) {
    if (!file.left) continue;
    ReadFile(file, now, budget, sink, turn);
    if (!file.drained) return turn;  // its successor waits
  }
  const auto current = std::ranges::count_if(files_, [](const File& f) { return !f.left; });
  for (File& file : files_) {
    if (file.left) continue;
    ReadFile(file, now, std::max<std::size_t>(1, budget / static_cast<std::size_t>(current)), sink,
             turn);
  }
  CloseQuiet(now, sink);
  return turn;
}

bool Tailer::MayClose(const File& file, Time now) const {
  if (!file.left || !file.log.at_end()) return false;
  if (files_.size() > kMostFiles / 2) return true;  // somebody rotates faster than we let go
  if (now - std::max(*file.left, file.grew) < kGrace) return false;
  if (file.log.deleted()) return true;
  // While nobody has written into its successor, the broker may still have this one.
  const auto& successor = paths_[file.path].leads_to;
  return std::ranges::any_of(files_, [&](const File& other) {
    return other.log.id() == successor && other.log.size() > 0;
  });
}

void Tailer::CloseQuiet(Time now, LineSink& sink) {
  std::erase_if(files_, [&](File& file) {
    if (!MayClose(file, now)) return false;
    file.log.Finish(sink);
    if (!file.log.deleted()) {
      closed_.emplace_back(file.log.id(), file.log.bookmark());
      if (closed_.size() > kMostClosed) closed_.pop_front();
    }
    for (Path& path : paths_) {
      if (path.leads_to == file.log.id()) path.leads_to.reset();
    }
    return true;
  });
}

void Tailer::Peek(const std::function<bool(std::string_view head)>& take) {
  for (const File& file : files_) {
    const ssize_t got = pread(file.log.fd(), buffer_.data(), buffer_.size() / 4, 0);
    if (got > 0 && take({buffer_.data(), static_cast<std::size_t>(got)})) return;
  }
}

std::uint64_t Tailer::lag_bytes() const {
  std::uint64_t lag = 0;
  for (const File& file : files_) {
    if (!file.look_back && !file.log.at_end()) lag += file.log.size() - file.log.offset();
  }
  return lag;
}

}  // namespace vitals
