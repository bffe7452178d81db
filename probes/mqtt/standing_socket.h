// StandingSocket: the socket of one session of a client library that shows no sockets, found among
// the descriptors of this process, and what the kernel says of the broker's end of it.
//
// Belongs to one session, used on the thread of the round-trip probe. It only looks: the descriptor
// stays the library's. The claim on it ends with this object.
#pragma once

#include <cstdint>
#include <optional>

#include "probes/mqtt/far_end.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

class StandingSocket {
 public:
  StandingSocket(const SocketAddress& peer, bool via_proxy, OwnSockets& own_sockets,
                 FarEndView& view)
      : peer_(peer), own_sockets_(own_sockets), watch_(view, via_proxy) {}
  ~StandingSocket();
  StandingSocket(const StandingSocket&) = delete;
  StandingSocket& operator=(const StandingSocket&) = delete;

  // Looks for the socket once it may be there; false = not found (yet).
  bool Find();
  // kNotLooked while the library has connected but sent nothing yet: there is nothing to be read.
  FarEndLook Look();
  bool BytesAtOurEnd() const;
  // With data in them, by now; none where the socket is not there or the kernel does not tell.
  std::optional<std::uint32_t> SegmentsSent() const;

 private:
  bool IsOpen() const;
  bool HasSpoken() const;

  const SocketAddress peer_;
  OwnSockets& own_sockets_;
  FarEndWatch watch_;
  std::optional<FoundSocket> found_;
};

}  // namespace vitals::mqtt
