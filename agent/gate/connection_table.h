// The connections of the probe front: a fixed table, its memory taken once. When it is full the
// oldest makes room, for a new client is more likely to be the kubelet than one that has been
// silent. An answer that the kernel does not take at once is kept in memory that is touched only
// then, so that a crowd of clients costs little.
//
// Owned and called by the gate's thread only. It closes sockets; it never reads or writes them.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "agent/core/fd.h"
#include "agent/core/time.h"
#include "agent/gate/answer.h"
#include "agent/gate/request_line.h"

namespace vitals {

// Status line, headers and body.
inline constexpr std::size_t kHttpAnswerMax = kProbeBodyMax + 512;

struct ProbeConnection {
  enum class State : unsigned char { kFree, kReading, kWriting, kDraining };

  State state = State::kFree;
  Fd fd;
  Time opened_at{};
  Time deadline{};  // of the state it is in
  std::size_t in_size = 0;
  std::size_t rest_size = 0;  // of the answer, still to be sent ...
  std::size_t rest_sent = 0;  // ... and how much of that has been
  std::array<char, kRequestLineMax> in;
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
  // Where what is left of its answer is kept.
  std::span<char, kHttpAnswerMax> RestOf(const ProbeConnection& connection) {
    return (*rests_)[IndexOf(connection)];
  }
  auto begin() { return places_->begin(); }
  auto end() { return places_->end(); }
  auto begin() const { return std::as_const(*places_).begin(); }
  auto end() const { return std::as_const(*places_).end(); }

 private:
  using Places = std::array<ProbeConnection, kPlaces>;
  using Rests = std::array<std::array<char, kHttpAnswerMax>, kPlaces>;
  std::unique_ptr<Places> places_ = std::make_unique_for_overwrite<Places>();
  std::unique_ptr<Rests> rests_ = std::make_unique_for_overwrite<Rests>();
};

}  // namespace vitals
