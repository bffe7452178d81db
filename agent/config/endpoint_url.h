// URLs of broker endpoints: mqtt and mqtts://HOST[:PORT], ws and wss://HOST[:PORT][/PATH[?QUERY]],
// unix:///PATH; no user information (RFC 3986 names the parts). Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace vitals {

struct EndpointUrl {
  std::string scheme = "mqtt";
  std::string host = "127.0.0.1";  // numeric without brackets, or a name; empty for unix
  std::uint16_t port = 1883;       // 0 for unix
  std::string path = {};           // of ws and wss, "/" at least; of the socket for unix

  bool operator==(const EndpointUrl&) const = default;
  std::string ToString() const;
  // Where it leads to, the same for two URLs of one listener: HOST:PORT, or the socket's path.
  std::string Place() const;
  // An address, or localhost: needs no resolving.
  bool HasNumericHost() const;
  // SCHEME-HOST-PORT in the characters that a name may have.
  std::string DefaultName() const;
};

// An error never repeats user information, which may be a password.
Result<EndpointUrl> ReadEndpointUrl(std::string_view text);

// [a-z0-9.-], 1 to 100 characters.
Result<std::string> ReadEndpointName(std::string_view text);

}  // namespace vitals
