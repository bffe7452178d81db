#include "agent/write_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "agent/core/fd.h"

namespace vitals {
namespace {

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Result<void> WriteWhole(const std::string& path, std::string_view text) {
  std::error_code none;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), none);
  const std::string beside = path + ".new";
  const Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file && WriteAll(file.get(), text) && ::fsync(file.get()) == 0 &&
      std::rename(beside.c_str(), path.c_str()) == 0) {
    return {};
  }
  const int cause = errno;
  ::unlink(beside.c_str());
  return Fail("can't be written: " + std::generic_category().message(cause), path,
              "make room, and let the agent's user write to this folder");
}

}  // namespace vitals
