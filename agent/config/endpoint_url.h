// URLs of broker endpoints: mqtt://HOST[:PORT], as the IANA scheme is used; no user information,
// path or query (RFC 3986 names the parts). Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace vitals {

struct EndpointUrl {
  std::string scheme = "mqtt";
  std::string host = "127.0.0.1";  // without brackets
  std::uint16_t port = 1883;

  bool operator==(const EndpointUrl&) const = default;
  std::string ToString() const;
  // SCHEME-HOST-PORT in the characters that a name may have.
  std::string DefaultName() const;
};

// An error never repeats user information, which may be a password.
Result<EndpointUrl> ReadEndpointUrl(std::string_view text);

// [a-z0-9.-], 1 to 100 characters.
Result<std::string> ReadEndpointName(std::string_view text);

}  // namespace vitals
