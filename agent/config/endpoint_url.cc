#include "agent/config/endpoint_url.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/config/values.h"
#include "agent/core/settings.h"

namespace vitals {
namespace {

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";
constexpr std::size_t kMaxName = 100;
constexpr const char* kRemedy =
    "write mqtt://HOST:PORT (or mqtts, ws, wss), IPv6 in brackets; or unix:///PATH";

struct Scheme {
  std::string_view name;
  std::uint16_t port;  // IANA's; for ws and wss RFC 6455 section 3
  bool has_path;
};
constexpr std::array<Scheme, 5> kSchemes{{{"mqtt", 1883, false},
                                          {"mqtts", 8883, false},
                                          {"ws", 80, true},
                                          {"wss", 443, true},
                                          {"unix", 0, true}}};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool IsNumeric(const std::string& host, int family) {
  in6_addr binary{};
  return inet_pton(family, host.c_str(), &binary) == 1;
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         label.find_first_not_of(kNameCharacters) == std::string_view::npos;
}

// RFC 1123 section 2.1. A dot at the end keeps the resolver's search list out. A name that ends
// with a number is a mistyped address: 127.1.
bool IsHostName(std::string_view host) {
  if (host.size() > 253) return false;
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string_view label;
  for (std::size_t begin = 0; begin <= host.size(); begin += label.size() + 1) {
    label = host.substr(begin, host.find('.', begin) - begin);
    if (!IsLabel(label)) return false;
  }
  return label.find_first_not_of("0123456789") != std::string_view::npos;
}

// What may stand in a request line or in a path for people to read.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<EndpointUrl> ReadUnix(std::string_view path) {
  constexpr std::size_t kMax = sizeof(sockaddr_un::sun_path) - 1;
  if (!path.starts_with('/') || path.size() > kMax || !IsPrintable(path)) {
    return Fail(
        "no absolute path of at most " + std::to_string(kMax) + " characters in " + Quoted(path),
        {}, kRemedy);
  }
  return EndpointUrl{"unix", "", 0, std::string(path)};
}

// HOST[:PORT].
Result<void> ReadAuthority(std::string_view text, EndpointUrl& url) {
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : text.find(':');
  std::string_view host = text.substr(0, end);
  if (bracketed) host.remove_prefix(1);
  url.host = Lower(host);
  const bool good = bracketed ? end != std::string_view::npos && IsNumeric(url.host, AF_INET6)
                              : IsNumeric(url.host, AF_INET) || IsHostName(url.host);
  if (!good) return Fail("no address or host name in " + Quoted(text), {}, kRemedy);
  const std::string_view port =
      end == std::string_view::npos ? "" : text.substr(end + (bracketed ? 1 : 0));
  if (port.empty()) return {};
  const auto [stop, error] = std::from_chars(port.data() + 1, port.data() + port.size(), url.port);
  if (port.front() != ':' || error != std::errc{} || stop != port.data() + port.size() ||
      url.port == 0) {
    return Fail("no port from 1 to 65535 in " + Quoted(text), {}, kRemedy);
  }
  return {};
}

}  // namespace

std::string EndpointUrl::Place() const {
  return scheme == "unix" ? path : Address{host, port}.ToString();
}

std::string EndpointUrl::ToString() const {
  return scheme + "://" + Place() + (scheme == "unix" ? "" : path);
}

bool EndpointUrl::HasNumericHost() const {
  return host == "localhost" || IsNumeric(host, AF_INET) || IsNumeric(host, AF_INET6);
}

std::string EndpointUrl::DefaultName() const {
  std::string name =
      scheme == "unix" ? scheme + path : scheme + "-" + host + "-" + std::to_string(port);
  name = Lower(name);
  for (char& c : name) {
    if (kNameCharacters.find(c) == std::string_view::npos) c = '-';
  }
  if (name.size() > kMaxName) name.resize(kMaxName);
  return name;
}

Result<EndpointUrl> ReadEndpointUrl(std::string_view text) {
  const std::size_t separator = text.find("://");
  if (separator == std::string_view::npos) return Fail("the URL has no scheme", {}, kRemedy);
  const std::string_view name = text.substr(0, separator);
  std::string_view rest = text.substr(separator + 3);
  if (rest.find('@') != std::string_view::npos) {
    return Fail("the URL holds credentials (***)", {}, "use username and password_file");
  }
  const auto* scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                    [name](const Scheme& known) { return known.name == name; });
  if (scheme == kSchemes.end()) {
    return Fail("unknown scheme " + Quoted(name), {}, kRemedy);
  }
  if (name == "unix") return ReadUnix(rest);
  EndpointUrl url{std::string(name), "", scheme->port};
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view path = rest.substr(slash);
  if (scheme->has_path) {
    url.path = path.empty() ? "/" : path;
    if (!IsPrintable(path) || path.find('#') != std::string_view::npos) {
      return Fail("no path of a request in " + Quoted(text), {},
                  "write printable characters without spaces and #");
    }
  } else if (path.size() > 1) {
    return Fail("a path in " + Quoted(text), {}, kRemedy);
  }
  return ReadAuthority(rest.substr(0, slash), url).map([&] { return url; });
}

Result<std::string> ReadEndpointName(std::string_view text) {
  if (!text.empty() && text.size() <= kMaxName &&
      text.find_first_not_of(kNameCharacters) == std::string_view::npos) {
    return std::string(text);
  }
  return Fail(Quoted(text) + " is no endpoint name", {},
              "use 1 to 100 characters, only a-z, 0-9, '.' and '-'");
}

}  // namespace vitals
