#include "probes/host/process_watch.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace vitals {
namespace {

Duration Ticks(std::uint64_t count) {
  static const auto per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(static_cast<double>(count) / per_second));
}

}  // namespace

ProcessLook ProcessWatch::Look(Time now, Duration since_boot) {
  auto stat = Known(now);
  if ((!stat || by_name_) && now >= search_at_) {
    if (auto found = Search(now)) stat = std::move(found);
  }
  ProcessLook look;
  if (!stat) {
    look.trouble = trouble_;
    return look;
  }
  look.process = stat->identity;
  look.owner = owner_;
  look.age = std::max(Duration{}, since_boot - Ticks(stat->identity.started_at));
  if (last_look_ && now > *last_look_) {
    look.cpu = Seconds(Ticks(stat->cpu_ticks - last_ticks_)) / Seconds(now - *last_look_);
  }
  last_look_ = now;
  last_ticks_ = stat->cpu_ticks;
  look.disk_sleep = stat->state == 'D' ||
                    (look.cpu && *look.cpu < kIdle && AnyThreadWaitsForDisk(stat->identity.pid));
  return look;
}

// The known process, if it still is that one.
std::optional<ProcessStat> ProcessWatch::Known(Time now) {
  if (!known_) return std::nullopt;
  auto stat = ReadStat(finder_.StatPath(known_->pid));
  if (stat && stat->identity == *known_ && stat->state != 'Z') return stat;
  known_.reset();
  search_at_ = now;
  pause_ = kFirstPause;
  return std::nullopt;
}

std::optional<ProcessStat> ProcessWatch::Search(Time now) {
  search_at_ = now + pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
  auto pid = finder_.FindListener();
  const bool listens = pid.has_value();
  // A broker that boots has no socket yet, but the name of the one before it.
  if (!listens && !known_ && !name_.empty()) pid = finder_.FindNamed(name_);
  if (!pid) {
    trouble_ = pid.error().ToString();
    return std::nullopt;
  }
  auto stat = ReadStat(finder_.StatPath(*pid));
  if (!stat) return std::nullopt;  // ended this moment
  by_name_ = !listens;
  if (known_ == stat->identity) return stat;
  known_ = stat->identity;
  owner_ = Owner(*stat);
  name_ = stat->name;
  last_look_.reset();
  last_thread_.clear();
  return stat;
}

ProcessIdentity ProcessWatch::Owner(const ProcessStat& stat) const {
  constexpr int kGenerations = 64;
  ProcessIdentity owner;
  std::int32_t parent = stat.parent;
  for (int i = 0; i < kGenerations && parent != 0; ++i) {
    const auto above = ReadStat(finder_.StatPath(parent));
    if (!above) break;
    owner = above->identity;
    parent = above->parent;
  }
  return owner;
}

bool ProcessWatch::AnyThreadWaitsForDisk(std::int32_t pid) {
  const std::string tasks = finder_.Home(pid) + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()), ::closedir);
  if (!folder) return false;
  int left = kThreads;
  // Threads come in the order of their numbers: go on behind the last one of the last look.
  bool behind = last_thread_.empty();
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string thread = entry->d_name;
    if (thread.front() == '.') continue;
    if (!behind) {
      behind = thread == last_thread_;
      continue;
    }
    const auto stat = ReadStat(tasks + "/" + thread + "/stat");
    if (stat && stat->state == 'D') return true;
    if (--left == 0) {
      last_thread_ = thread;
      return false;
    }
  }
  last_thread_.clear();
  return false;
}

}  // namespace vitals
