#include "tests/support/haproxy.h"

#include <algorithm>
#include <csignal>
#include <string>
#include <utility>

#include "tests/support/connection.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

std::string RouteText(const HaProxyRoute& route) {
  const std::string port = std::to_string(route.port);
  return "listen " + port + "\n  bind 127.0.0.1:" + port +
         (route.accept_proxy ? " accept-proxy" : "") + "\n" +
         (route.reject ? "  tcp-request connection reject\n" : "") +
         "  server broker 127.0.0.1:" + std::to_string(route.to) +
         (route.send_proxy ? " send-proxy-v2" : "") + "\n";
}

}  // namespace

HaProxy::HaProxy(std::vector<HaProxyRoute> routes) : routes_(std::move(routes)) {
  for (HaProxyRoute& route : routes_) {
    if (route.port == 0) route.port = FreePort();
  }
  configuration_ =
      "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n";
  for (const HaProxyRoute& route : routes_) configuration_ += RouteText(route);
}

HaProxy::HaProxy(std::string configuration, std::uint16_t port)
    : routes_{{.port = port}}, configuration_(std::move(configuration)) {}

bool HaProxy::Available() { return FindProgram("haproxy").has_value(); }

Result<void> HaProxy::Start() {
  const std::string file = folder_.Write("haproxy.cfg", configuration_).string();
  auto process = Process::Start(
      {.name = "haproxy", .folder = folder_.path(), .args = {"haproxy", "-db", "-f", file}});
  if (!process) return tl::unexpected(process.error());
  process_ = std::move(*process);
  const auto limit = std::chrono::seconds(10);
  const bool listens = WaitUntil(limit, [&] {
                         return !process_->Running() ||
                                std::all_of(routes_.begin(), routes_.end(), [&](const auto& one) {
                                  return Connection::Open(one.port, limit).has_value();
                                });
                       }).has_value();
  if (!listens || !process_->Running()) return Fail(process_->Stderr(), "haproxy");
  return {};
}

void HaProxy::Freeze() const { process_->Signal(SIGSTOP); }

}  // namespace vitals
