#include "probes/mqtt/standing_socket.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstddef>

namespace vitals::mqtt {

StandingSocket::~StandingSocket() {
  if (found_) own_sockets_.Release(found_->pair);
}

bool StandingSocket::Find() {
  if (!found_) found_ = own_sockets_.Claim(peer_);
  return found_.has_value();
}

FarEndLook StandingSocket::Look() {
  // A socket that waits for an answer to its SYN has no peer yet and is not found.
  if (!Find()) return watch_.LookSynSent(peer_);
  return HasSpoken() ? watch_.Look(found_->pair) : FarEndLook{FarEnd::kNotLooked, 0};
}

bool StandingSocket::HasSpoken() const {
  // A kernel or a socket that does not tell is taken to have spoken: the look itself is honest.
  return SegmentsSent().value_or(1) > 0;
}

std::optional<std::uint32_t> StandingSocket::SegmentsSent() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (!IsOpen() || ::getsockopt(found_->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      size < offsetof(tcp_info, tcpi_data_segs_out) + sizeof info.tcpi_data_segs_out) {
    return std::nullopt;
  }
  return info.tcpi_data_segs_out;
}

// The library may have closed it and its number may be somebody else's by now.
bool StandingSocket::IsOpen() const { return found_ && PairOf(found_->fd) == found_->pair; }

bool StandingSocket::BytesAtOurEnd() const {
  if (!IsOpen()) return false;
  int waiting = 0;
  return ::ioctl(found_->fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

}  // namespace vitals::mqtt
