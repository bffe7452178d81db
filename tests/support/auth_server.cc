#include "tests/support/auth_server.h"

#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/free_port.h"

namespace vitals {

AuthServer::AuthServer(std::uint16_t port)
    : listening_(TakePort(port)), thread_([this](const std::stop_token& stop) { Serve(stop); }) {}

void AuthServer::Serve(const std::stop_token& stop) const {
  constexpr std::string_view kAllow =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
      "Connection: close\r\n\r\nallow";
  std::vector<Fd> waiting;
  while (!stop.stop_requested()) {
    pollfd poll{listening_.get(), POLLIN, 0};
    if (::poll(&poll, 1, 20) <= 0) continue;
    Fd client(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char question[4096];  // one question in one piece: it is short
    if (!client || ::recv(client.get(), question, sizeof question, 0) <= 0) continue;
    if (hangs_) {
      waiting.push_back(std::move(client));
    } else {
      ::send(client.get(), kAllow.data(), kAllow.size(), MSG_NOSIGNAL);
    }
  }
}

RabbitMqOptions AskingFirst(std::uint16_t port) {
  RabbitMqOptions options;
  options.plugins = {"rabbitmq_auth_backend_http"};
  options.extra = "auth_backends.1 = http\n";
  for (const char* path : {"user", "vhost", "resource", "topic"}) {
    options.extra += "auth_http." + std::string(path) +
                     "_path = http://127.0.0.1:" + std::to_string(port) + "/" + path + "\n";
  }
  return options;
}

}  // namespace vitals
