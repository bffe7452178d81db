#include "probes/mqtt/standing_socket.h"

#include <sys/ioctl.h>

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
  return Find() ? watch_.Look(found_->pair) : watch_.LookSynSent(peer_);
}

bool StandingSocket::BytesAtOurEnd() const {
  // The library may have closed it and its number may be somebody else's by now.
  if (!found_ || PairOf(found_->fd) != found_->pair) return false;
  int waiting = 0;
  return ::ioctl(found_->fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

}  // namespace vitals::mqtt
