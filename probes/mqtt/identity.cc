#include "probes/mqtt/identity.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>

namespace vitals::mqtt {
namespace {

constexpr std::size_t kHostCharacters = 4;
constexpr std::size_t kRandomCharacters = 6;
constexpr std::size_t kSerialCharacters = 7;

// The last `width` digits of a number in base 36.
std::string Base36(std::uint64_t value, std::size_t width) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (; width > 0; --width, value /= 36) text.push_back(kDigits[value % 36]);
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace

Identity MakeIdentity(std::string_view host_name, std::uint64_t random) {
  // Pod names differ at their end: "broker-0", "broker-1".
  std::string host;
  for (auto at = host_name.rbegin(); at != host_name.rend() && host.size() < kHostCharacters;
       ++at) {
    const char c = *at;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) host.push_back(c);
    if (c >= 'A' && c <= 'Z') host.push_back(static_cast<char>(c - 'A' + 'a'));
  }
  std::reverse(host.begin(), host.end());
  return {host + Base36(random, kRandomCharacters), random};
}

Identity MakeIdentity() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::random_device device;
  const auto high = static_cast<std::uint64_t>(device()) << 32;
  return MakeIdentity(host.data(), high | device());
}

std::string ClientId(const Identity& identity, char kind, std::uint64_t serial) {
  std::string digits = Base36(serial, kSerialCharacters);
  digits.erase(0, std::min(digits.find_first_not_of('0'), kSerialCharacters - 1));
  return "mqv" + std::string(1, kind) + "-" + identity.instance + "-" + digits;
}

}  // namespace vitals::mqtt
