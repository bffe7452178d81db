// The connections of the probe front: a fixed table, its memory taken once. When it is full the
// oldest makes room, for a new client is more likely to be the kubelet than one that has been
// silent.
//
// Owned and called by the gate's thread only. It closes sockets; it never reads or writes them.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "agent/core/fd.h"
#include "agent/core/time.h"
#include "agent/gate/answer.h"
#include "agent/gate/request_line.h"

namespace vitals {

struct ProbeConnection {
  enum class State : unsigned char { kFree, kReading, kWriting, kDraining };

  State state = State::kFree;
  Fd fd;
  Time opened_at{};
  Time deadline{};  // of the state it is in
  std::array<char, kRequestLineMax> in;
  std::size_t in_size = 0;
  BoundedText<kProbeBodyMax + 512> out;
  std::size_t out_sent = 0;
};

class ConnectionTable {
 public:
  static constexpr std::size_t kPlaces = 64;

  // A free place; if there is none, that of the oldest connection, closed.
  ProbeConnection& Take();
  void Release(ProbeConnection& connection);
  // The one waiting longest; null if there is none.
  ProbeConnection* Oldest();

  ProbeConnection& at(std::size_t index) { return (*places_)[index]; }
  std::size_t IndexOf(const ProbeConnection& connection) const {
    return static_cast<std::size_t>(&connection - places_->data());
  }
  auto begin() { return places_->begin(); }
  auto end() { return places_->end(); }

 private:
  using Places = std::array<ProbeConnection, kPlaces>;
  std::unique_ptr<Places> places_ = std::make_unique<Places>();
};

}  // namespace vitals
