#include "agent/config/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "agent/core/fd.h"

namespace vitals {
namespace {

tl::unexpected<Error> FailErrno(const std::string& path, int error) {
  return Fail("can't be read: " + std::generic_category().message(error), path,
              error == EACCES ? "let the user of this process read it" : "check the path");
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path, std::size_t max_bytes) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return FailErrno(path, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return FailErrno(path, errno);
  if (S_ISDIR(status.st_mode)) return FailErrno(path, EISDIR);
  if (!S_ISREG(status.st_mode)) return Fail("is not a regular file", path, "give a regular file");
  std::string text;
  std::array<char, 16384> block;
  while (true) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FailErrno(path, errno);
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > max_bytes) {
      return Fail("larger than " + std::to_string(max_bytes) + " bytes", path, "shorten it");
    }
  }
}

}  // namespace vitals
