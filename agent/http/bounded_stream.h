// BoundedStream: one accepted connection as cpp-httplib wants to see it, with the limits that the
// library lacks: a deadline for the whole request and for the whole exchange (its own hold for each
// single read), an upper bound of bytes for request line and header fields together (its own count
// none), and an end as soon as the server stops.
//
// Owned by the worker that accepted the connection; that thread only.
#pragma once

#include <httplib.h>

#include <array>
#include <cstddef>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals {

class BoundedStream final : public httplib::Stream {
 public:
  // `stop` becomes readable when the server stops.
  BoundedStream(Fd fd, int stop);

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  int socket() const override { return fd_.get(); }

  // Closes our half and waits, shortly, for the client to close its own: a reset because of bytes
  // that nobody read would overtake the answer (RFC 9112 section 9.6).
  void Finish();

 private:
  bool Wait(short events, Time deadline) const;

  Fd fd_;
  int stop_;
  Time read_deadline_;
  Time write_deadline_;
  std::size_t taken_ = 0;  // bytes of the request so far
  std::array<char, 4096> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace vitals
