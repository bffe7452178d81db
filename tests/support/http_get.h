// A plain HTTP/1.1 client for 127.0.0.1: one request, one connection, one deadline. Its bytes are
// what a test wants to send, no library's idea of them.
//
// Sources: RFC 9112; the request of the kubelet: Kubernetes pkg/probe/http/request.go.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "agent/core/time.h"

namespace vitals {

struct HttpReply {
  int status = 0;                              // 0: no answer in time
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

inline constexpr Duration kHttpLimit = std::chrono::seconds(1);

HttpReply HttpGet(std::uint16_t port, std::string_view path, Duration limit = kHttpLimit);

// The same request as the kubelet's, byte for byte, but for its own address.
HttpReply KubeletGet(std::uint16_t port, std::string_view path, Duration limit = kHttpLimit);

// Any bytes; reads until the server closes.
HttpReply HttpSend(std::uint16_t port, std::string_view request, Duration limit = kHttpLimit);

}  // namespace vitals
