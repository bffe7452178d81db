#include "agent/control/control_server.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "agent/control/line.h"

namespace vitals {
namespace {

ControlAnswer Refusal(const std::string& message) { return {false, message, {}, {}}; }

}  // namespace

ControlServer::ControlServer(Fd listener, Handler handler, Duration deadline)
    : listener_(std::move(listener)),
      handler_(std::move(handler)),
      deadline_(deadline),
      wake_(::eventfd(0, EFD_CLOEXEC)) {}

void ControlServer::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void ControlServer::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void ControlServer::Run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "control");
  std::array<pollfd, 2> fds{{{listener_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
  while (!stop.stop_requested()) {
    if (::poll(fds.data(), fds.size(), -1) <= 0 || stop.stop_requested()) continue;
    const Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (client) Serve(client);
  }
}

void ControlServer::Serve(const Fd& client) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(client.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
  const std::string by = "uid " + std::to_string(peer.uid) + ", pid " + std::to_string(peer.pid);
  const auto line = ReadLine(client.get(), ControlRequest::kMax, deadline_);
  ControlAnswer answer;
  if (peer.uid != 0 && peer.uid != ::geteuid()) {
    answer = Refusal(by + " may not command this agent");
  } else if (!line) {
    answer = Refusal(line.error().ToString());
  } else if (const auto request = DecodeControlRequest(*line)) {
    answer = handler_(*request, by);
  } else {
    answer = Refusal(request.error().ToString());
  }
  WriteLine(client.get(), Encode(answer), deadline_);
}

}  // namespace vitals
