#include "probes/mqtt/lookup.h"

#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>

namespace vitals::mqtt {
namespace {

constexpr std::size_t kMaximumAddresses = 8;

std::string TextOf(int error) {
  return error == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(error);
}

Lookup::Answer Resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &first);
  if (error != 0) return {{}, TextOf(error)};
  Lookup::Answer answer;
  for (const addrinfo* at = first; at != nullptr; at = at->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, at->ai_addr, std::min<std::size_t>(at->ai_addrlen, sizeof storage));
    auto address = MakeAddress(storage);
    if (!address || answer.addresses.size() == kMaximumAddresses) continue;
    address->port = port;
    answer.addresses.push_back(*address);
  }
  ::freeaddrinfo(first);
  if (answer.addresses.empty()) answer.error = "the name has no address";
  return answer;
}

}  // namespace

std::shared_ptr<Lookup> Lookup::Start(const std::string& host, std::uint16_t port, int wake) {
  auto lookup = std::make_shared<Lookup>();
  lookup->wake_ = Fd(::fcntl(wake, F_DUPFD_CLOEXEC, 0));
  try {
    std::thread thread([lookup, host, port] { lookup->Set(Resolve(host, port)); });
    ::pthread_setname_np(thread.native_handle(), "lookup");
    thread.detach();
  } catch (const std::system_error& error) {
    lookup->Set({{}, error.what()});
  }
  return lookup;
}

void Lookup::Set(Answer answer) {
  {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  ::eventfd_write(wake_.get(), 1);
}

std::optional<Lookup::Answer> Lookup::Get() const {
  const std::lock_guard lock(mutex_);
  return answer_;
}

}  // namespace vitals::mqtt
