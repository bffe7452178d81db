// The PROXY header of any two addresses, read back: version 2 by its fixed layout, version 1 as
// text within the 107 bytes that the standard allows.
#include <cstring>
#include <string>

#include "probes/mqtt/proxy_header.h"
#include "tests/fuzz/fuzz.h"

using namespace vitals;
using namespace vitals::mqtt;

namespace {

std::string Bytes(const SocketAddress& address) {
  const std::size_t begin = address.IsV4() ? 12 : 0;
  return {reinterpret_cast<const char*>(address.ip.data()) + begin, address.ip.size() - begin};
}

void TryV1(const SocketPair& pair) {
  const std::string header = EncodeProxyHeader(ProxyProtocol::kV1, ProxyCommand::kProxy, pair);
  Require(header.starts_with("PROXY TCP") && header.ends_with("\r\n") && header.size() <= 107);
  Require(header.find(' ' + pair.local.Host() + ' ' + pair.peer.Host() + ' ') == 10);
}

void TryV2(const SocketPair& pair) {
  const std::string header = EncodeProxyHeader(ProxyProtocol::kV2, ProxyCommand::kProxy, pair);
  const std::string addresses = Bytes(pair.local) + Bytes(pair.peer);
  Require(header.size() == 16 + addresses.size() + 4);
  Require(static_cast<std::size_t>(header[15]) == header.size() - 16 && header[14] == 0);
  Require(header.substr(16, addresses.size()) == addresses);
  const auto port = static_cast<std::uint8_t>(header.back()) |
                    static_cast<unsigned>(static_cast<std::uint8_t>(header[header.size() - 2]))
                        << 8;
  Require(port == pair.peer.port);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SocketPair pair;
  constexpr std::size_t kAddress = 16 + 2;
  if (size < 2 * kAddress) return 0;
  for (SocketAddress* address : {&pair.local, &pair.peer}) {
    std::memcpy(address->ip.data(), data, 16);
    std::memcpy(&address->port, data + 16, 2);
    data += kAddress;
  }
  // As with every TCP connection, both ends are of one family.
  if (pair.local.IsV4() != pair.peer.IsV4()) return 0;
  TryV1(pair);
  TryV2(pair);
  return 0;
}
