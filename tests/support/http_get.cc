#include "tests/support/http_get.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "tests/support/connection.h"

namespace vitals {
namespace {

constexpr std::size_t kLongestReply = 16 << 20;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// "HTTP/1.1 200 OK\r\nName: value\r\n\r\nbody"
HttpReply Parse(std::string_view text) {
  HttpReply reply;
  const std::size_t end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || end == std::string_view::npos) return reply;
  std::string_view head = text.substr(0, end);
  reply.body = text.substr(end + 4);
  std::from_chars(head.data() + 9, head.data() + std::min<std::size_t>(12, head.size()),
                  reply.status);
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n")) {
    head.remove_prefix(at + 2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    reply.headers[Lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
  }
  return reply;
}

std::string Request(std::uint16_t port, std::string_view path, std::string_view headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
         "\r\n" + std::string(headers) + "Connection: close\r\n\r\n";
}

HttpReply Exchange(const std::optional<Connection>& connection, std::string_view request) {
  if (!connection || !connection->Send(request)) return {};
  return Parse(connection->Read(kLongestReply));
}

}  // namespace

HttpReply HttpGet(std::uint16_t port, std::string_view path, Duration limit) {
  return HttpSend(port, Request(port, path, ""), limit);
}

HttpReply KubeletGet(std::uint16_t port, std::string_view path, Duration limit) {
  const auto connection = Connection::Open(port, limit);
  if (connection) connection->Linger();
  HttpReply reply =
      Exchange(connection, Request(port, path, "User-Agent: kube-probe/1.35\r\nAccept: */*\r\n"));
  // The kubelet's second is for the body too: half of one is no answer.
  const auto length = reply.headers.find("content-length");
  const bool whole =
      length == reply.headers.end() || std::to_string(reply.body.size()) == length->second;
  return whole ? reply : HttpReply{};
}

HttpReply HttpSend(std::uint16_t port, std::string_view request, Duration limit) {
  return Exchange(Connection::Open(port, limit), request);
}

}  // namespace vitals
