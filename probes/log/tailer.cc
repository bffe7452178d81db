#include "probes/log/tailer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

namespace vitals {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
constexpr std::size_t kMostKnown = 128;
constexpr std::size_t kManyPaths = 256;

Time LastWrite(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return {};
  return Time(std::chrono::seconds(info.st_mtim.tv_sec) +
              std::chrono::nanoseconds(info.st_mtim.tv_nsec));
}

}  // namespace

Tailer::Tailer(std::vector<std::string> patterns, std::uint64_t look_back, std::uint64_t gap_limit)
    : finder_(std::move(patterns)),
      look_back_(look_back),
      gap_limit_(gap_limit),
      buffer_(kBuffer) {}

void Tailer::Narrow(std::vector<std::string> patterns) {
  finder_ = PathFinder(std::move(patterns));
  finder_.Look({});
  TakePaths(true);
}

void Tailer::Remember(std::vector<KnownFile> known) {
  known_.assign(std::make_move_iterator(known.begin()), std::make_move_iterator(known.end()));
}

void Tailer::Complain(std::string text) {
  if (trouble_.empty()) trouble_ = std::move(text);
}

// `only_these`: what the finder did not name is let go, files too.
void Tailer::TakePaths(bool only_these) {
  const auto named = [this](const Path& path) {
    return std::ranges::binary_search(finder_.found(), path.path);
  };
  if (only_these) {
    std::erase_if(files_, [&](const File& file) { return !named(paths_[file.path]); });
  }
  if (only_these || paths_.size() > kManyPaths) {  // rotators may invent names for ever
    std::vector<Path> kept;
    std::vector<std::size_t> moved(paths_.size());
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const bool used = std::ranges::find(files_, i, &File::path) != files_.end();
      moved[i] = kept.size();
      if (used || named(paths_[i])) kept.push_back(std::move(paths_[i]));
    }
    for (File& file : files_) file.path = moved[file.path];
    paths_ = std::move(kept);
  }
  for (const std::string& path : finder_.found()) {
    if (std::ranges::find(paths_, path, &Path::path) == paths_.end()) {
      paths_.push_back({path, std::nullopt, false});
    }
  }
}

void Tailer::Scan(Time now) {
  if (finder_.Look(now)) TakePaths(false);
  trouble_ = finder_.trouble();
  // At first the oldest file comes first, so that the newest boot is told last.
  std::vector<std::size_t> order(paths_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (first_scan_) {
    std::ranges::sort(order, {},
                      [&](std::size_t i) { return std::pair(LastWrite(paths_[i].path), i); });
  }
  for (const std::size_t index : order) Follow(index, now);
  if (first_scan_) FindMoved(now);
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

  File file(std::move(*opened), index, now);
  file.predecessor = path.leads_to;
  Start(file);
  if (path.found) ++counters_.rotations;
  path.found = true;
  path.leads_to = file.log.id();
  files_.push_back(std::move(file));
}

// Where reading begins.
void Tailer::Start(File& file) {
  if (first_scan_) file.border = file.log.size();
  const auto known = std::ranges::find(known_, file.log.id(), &KnownFile::id);
  if (known != known_.end()) {
    Resume(file, *known);
    known_.erase(known);
  } else if (first_scan_ && file.border > 0) {
    // What took the place of a file that we were reading is read whole.
    const bool replaces =
        std::ranges::find(known_, paths_[file.path].path, &KnownFile::path) != known_.end();
    const std::uint64_t floor = file.border - std::min(file.border, look_back_);
    if (replaces) {
      file.log.StartAt(floor, file.border);
    } else {
      file.look_back.emplace(file.border, floor);
    }
  }
}

void Tailer::Resume(File& file, const KnownFile& known) {
  if (file.log.ResumeAt(known.bookmark, known.freed, file.border)) {
    resumed_ = resumed_ || first_scan_;
  }
  const std::uint64_t offset = file.log.offset();
  if (file.border <= offset || file.border - offset <= look_back_) return;
  const std::uint64_t target = file.border - look_back_;  // too long ago to be of use
  file.log.StartAt(target, file.border);
  ++counters_.gaps;
  counters_.gap_bytes += target - offset;
}

// What was renamed while the agent was away may hold lines that nobody has read.
void Tailer::FindMoved(Time now) {
  for (const KnownFile& known : std::exchange(known_, {})) {
    const auto at = std::ranges::find(paths_, known.path, &Path::path);
    std::optional<LogFile> found;
    std::error_code error;
    if (at != paths_.end() && FindFile(known.id) == nullptr) {
      const auto folder = std::filesystem::path(known.path).parent_path();
      for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
           entry.increment(error)) {
        struct stat info{};
        if (lstat(entry->path().c_str(), &info) != 0 ||
            FileId{info.st_dev, info.st_ino} != known.id) {
          continue;
        }
        if (auto opened = LogFile::Open(entry->path().string())) found = std::move(*opened);
        break;
      }
    }
    if (!found || found->id() != known.id) {
      known_.push_back(known);
      continue;
    }
    File file(std::move(*found), static_cast<std::size_t>(at - paths_.begin()), now);
    file.border = file.log.size();
    file.left = now;
    file.drained = false;
    Resume(file, known);
    for (File& other : files_) {
      if (other.path == file.path) other.predecessor = file.log.id();
    }
    files_.insert(files_.begin(), std::move(file));
  }
}

// The past comes first, one file after the other.
bool Tailer::ReadPast(std::size_t budget, LineSink& sink, Turn& turn) {
  for (File& file : files_) {
    if (file.look_back) {
      const auto begins_boot = [&, heads = file.log.Heads()](std::string_view line) mutable {
        const auto head = heads.Head(line);
        return head && sink.BeginsBoot(*head);
      };
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
  if (File* before = file.predecessor ? FindFile(*file.predecessor) : nullptr; before != nullptr) {
    file.log.TakeOver(before->log);
  }
  const std::size_t got = file.log.Read(budget, gap_limit_, buffer_, sink, counters_);
  if (got > 0) file.predecessor.reset();
  if (file.log.read_error() != 0) {
    Complain(Error{std::generic_category().message(file.log.read_error()), paths_[file.path].path,
                   "the log can't be read"}
                 .ToString());
  }
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
      known_.push_back(
          {paths_[file.path].path, file.log.id(), file.log.bookmark(), file.log.freed()});
      if (known_.size() > kMostKnown) known_.pop_front();
    }
    for (Path& path : paths_) {
      if (path.leads_to == file.log.id()) path.leads_to.reset();
    }
    return true;
  });
}

void Tailer::Peek(const std::function<bool(std::string_view head)>& take) {
  for (const File& file : files_) {
    const off_t data = lseek(file.log.fd(), 0, SEEK_DATA);  // the start may be a hole
    const ssize_t got =
        pread(file.log.fd(), buffer_.data(), buffer_.size() / 4, std::max<off_t>(data, 0));
    if (got > 0 && take({buffer_.data(), static_cast<std::size_t>(got)})) return;
  }
}

std::uint64_t Tailer::freeable() const {
  std::uint64_t bytes = 0;
  for (const File& file : files_) {
    if (file.free && !file.look_back) bytes += file.log.Freeable(file.log.SafeOffset());
  }
  return bytes;
}

std::vector<KnownFile> Tailer::Known() const {
  std::vector<KnownFile> known(known_.begin(), known_.end());
  for (const File& file : files_) {
    if (file.look_back) continue;
    const Bookmark bookmark = file.log.SafeBookmark();
    known.push_back({paths_[file.path].path, file.log.id(), bookmark,
                     std::min(file.log.freed(), bookmark.offset)});
  }
  return known;
}

void Tailer::Free(const std::vector<KnownFile>& saved) {
  for (File& file : files_) {
    const auto at = std::ranges::find(saved, file.log.id(), &KnownFile::id);
    if (!file.free || at == saved.end()) continue;
    auto freed = file.log.Free(at->bookmark.offset, counters_);
    if (freed) continue;
    file.free = false;
    freed.error().place = paths_[file.path].path;
    if (free_trouble_.empty()) free_trouble_ = freed.error().ToString();
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
