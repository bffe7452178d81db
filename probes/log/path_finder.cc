#include "probes/log/path_finder.h"

#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "agent/core/result.h"

namespace vitals {
namespace {

bool IsCompressed(std::string_view path) {
  constexpr std::array<std::string_view, 6> kEndings = {".gz",  ".bz2", ".xz",
                                                        ".zst", ".lz4", ".zip"};
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return path.ends_with(end); });
}

}  // namespace

std::string Unreachable(const std::string& path, int error) {
  return Error{std::generic_category().message(error), path,
               "let the agent read the folders that lead to the broker's log"}
      .ToString();
}

PathFinder::PathFinder(std::vector<std::string> patterns) {
  for (std::string& pattern : patterns) patterns_.push_back({std::move(pattern), false, {}});
}

void PathFinder::Complain(std::string text) {
  if (trouble_.empty()) trouble_ = std::move(text);
}

bool PathFinder::Find(const Pattern& pattern) {
  const auto add = [this](std::string path) {
    if (found_.size() < kMostPaths) found_.push_back(std::move(path));
  };
  if (pattern.text.find_first_of("*?[") == std::string::npos) {
    add(pattern.text);
    return access(pattern.text.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
  }
  bool any = false;
  glob_t found{};
  if (glob(pattern.text.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      if (IsCompressed(found.gl_pathv[i])) continue;
      any = true;
      add(found.gl_pathv[i]);
    }
  } else if (const std::string folder = pattern.text.substr(0, pattern.text.find_last_of('/'));
             access(folder.c_str(), R_OK | X_OK) != 0 && errno == EACCES) {
    Complain(Unreachable(folder, EACCES));
  }
  globfree(&found);
  return any;
}

bool PathFinder::Look(Time now) {
  if (looked_ && now - *looked_ < kEvery) return false;
  looked_ = now;
  found_.clear();
  trouble_.clear();
  for (Pattern& pattern : patterns_) {
    if (Find(pattern)) {
      pattern.led = true;
      pattern.missing_since.reset();
      continue;
    }
    if (!pattern.missing_since) pattern.missing_since = now;
    if (pattern.led && now - *pattern.missing_since >= kGoneAfter) {
      Complain(Error{"was there and is gone", pattern.text,
                     "let the broker open its log anew after a rotation"}
                   .ToString());
    }
  }
  std::ranges::sort(found_);
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  return true;
}

}  // namespace vitals
