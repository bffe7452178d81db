#include "agent/config/endpoint_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "agent/config/values.h"
#include "agent/core/settings.h"

namespace vitals {
namespace {

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Names are not resolved: the agent runs beside its broker, and a health verdict shall not hang on
// DNS.
bool IsHost(const std::string& host, bool bracketed) {
  in6_addr binary{};
  return host == "localhost" ||
         inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), &binary) == 1;
}

}  // namespace

std::string EndpointUrl::ToString() const {
  return scheme + "://" + Address{host, port}.ToString();
}

std::string EndpointUrl::DefaultName() const {
  std::string name = scheme + "-" + host + "-" + std::to_string(port);
  for (char& c : name) {
    c = Lower(c);
    if (kNameCharacters.find(c) == std::string_view::npos) c = '-';
  }
  return name;
}

Result<EndpointUrl> ReadEndpointUrl(std::string_view text) {
  constexpr const char* kRemedy =
      "write mqtt://ADDRESS:PORT: a numeric address, IPv6 in brackets, or localhost";
  const std::size_t separator = text.find("://");
  if (separator == std::string_view::npos) return Fail("the URL has no scheme", {}, kRemedy);
  EndpointUrl url;
  url.scheme = text.substr(0, separator);
  std::string_view rest = text.substr(separator + 3);
  if (rest.find('@') != std::string_view::npos) {
    return Fail("the URL holds credentials (***)", {}, "use username and password_file");
  }
  if (url.scheme != "mqtt") {
    return Fail("scheme " + Quoted(url.scheme) + " is not supported", {},
                "this version supports mqtt:// only");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const bool bracketed = rest.starts_with('[');
  const std::size_t end = bracketed ? rest.find(']') : rest.find(':');
  std::string_view host = rest.substr(0, end);
  if (bracketed) host.remove_prefix(1);
  url.host = host;
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), Lower);
  if ((bracketed && end == std::string_view::npos) || !IsHost(url.host, bracketed)) {
    return Fail("no numeric address in " + Quoted(text), {}, kRemedy);
  }
  const std::string_view port =
      end == std::string_view::npos ? "" : rest.substr(end + (bracketed ? 1 : 0));
  if (port.empty()) return url;
  const auto [stop, error] = std::from_chars(port.data() + 1, port.data() + port.size(), url.port);
  if (port.front() != ':' || error != std::errc{} || stop != port.data() + port.size() ||
      url.port == 0) {
    return Fail("no port from 1 to 65535 in " + Quoted(text), {}, kRemedy);
  }
  return url;
}

Result<std::string> ReadEndpointName(std::string_view text) {
  constexpr std::size_t kMax = 100;
  if (!text.empty() && text.size() <= kMax &&
      text.find_first_not_of(kNameCharacters) == std::string_view::npos) {
    return std::string(text);
  }
  return Fail(Quoted(text) + " is no endpoint name", {},
              "use 1 to 100 characters, only a-z, 0-9, '.' and '-'");
}

}  // namespace vitals
