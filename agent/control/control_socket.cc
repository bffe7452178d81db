#include "agent/control/control_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace vitals {
namespace {

namespace fs = std::filesystem;

constexpr int kBacklog = 8;
constexpr const char* kFileName = "control.sock";

std::string Cause(int error) { return std::generic_category().message(error); }

struct Place {
  Fd folder;  // kept open while the address is in use
  sockaddr_un address{};

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

Result<Place> Find(const fs::path& path) {
  Place place;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  place.folder = Fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!place.folder) {
    return Fail("its folder can't be opened: " + Cause(errno), path,
                errno == EACCES ? "run this as the agent's user or as root" : "check the path");
  }
  std::string name = path;
  if (name.size() >= sizeof place.address.sun_path) {
    name = "/proc/self/fd/" + std::to_string(place.folder.get()) + "/" + path.filename().string();
  }
  if (name.size() >= sizeof place.address.sun_path) {
    return Fail("the name of the socket is too long", path, "choose a shorter control.socket");
  }
  place.address.sun_family = AF_UNIX;
  std::memcpy(place.address.sun_path, name.c_str(), name.size() + 1);
  return place;
}

Fd NewSocket(int flags = 0) { return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)); }

bool SomebodyListens(const Place& place) {
  const Fd client = NewSocket(SOCK_NONBLOCK);
  // A full backlog is somebody too.
  return ::connect(client.get(), place.get(), sizeof place.address) == 0 || errno == EAGAIN;
}

}  // namespace

std::string ControlPath(const std::string& control_socket, const std::string& state_dir) {
  if (!control_socket.empty()) return control_socket;
  const fs::path folder = state_dir.empty() ? "/run/mqtt-vitals" : state_dir;
  std::error_code none;
  if (state_dir.empty() && !fs::is_directory(folder, none)) return {};
  return folder / kFileName;
}

Result<Fd> ListenOnControl(const std::string& path) {
  std::error_code broken;
  if (const fs::path folder = fs::path(path).parent_path(); !folder.empty()) {
    fs::create_directories(folder, broken);
  }
  auto place = Find(path);
  if (!place) return tl::unexpected(place.error());
  // Two agents that start together must not take each other's socket for one left behind.
  ::flock(place->folder.get(), LOCK_EX);
  if (SomebodyListens(*place)) {
    return Fail("another agent listens here", path,
                "give this one a control.socket or a state.dir of its own");
  }
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ::unlink(path.c_str());
  Fd listener = NewSocket(SOCK_NONBLOCK);
  const mode_t mask = ::umask(0177);
  const bool bound = ::bind(listener.get(), place->get(), sizeof place->address) == 0;
  const int cause = errno;
  ::umask(mask);
  if (!bound || ::listen(listener.get(), kBacklog) != 0) {
    return Fail("no control socket can be made: " + Cause(bound ? errno : cause), path,
                "name a control.socket in a folder that the agent may write");
  }
  return listener;
}

Result<Fd> ConnectToControl(const std::string& path, Duration limit) {
  const auto place = Find(path);
  if (!place) return tl::unexpected(place.error());
  Fd socket = NewSocket();
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
  const timeval wait{us / 1'000'000, us % 1'000'000};
  for (const int option : {SO_SNDTIMEO, SO_RCVTIMEO}) {
    ::setsockopt(socket.get(), SOL_SOCKET, option, &wait, sizeof wait);
  }
  if (::connect(socket.get(), place->get(), sizeof place->address) == 0) return socket;
  switch (errno) {
    case EACCES:
    case EPERM:
      return Fail("not allowed", path, "run this as the agent's user or as root");
    case ENOENT:
    case ECONNREFUSED:
      return Fail("no agent listens here", path,
                  "start one, or name its --control-socket, --state-dir or --config");
    default:
      return Fail("the agent can't be reached: " + Cause(errno), path, "is it overloaded?");
  }
}

}  // namespace vitals
