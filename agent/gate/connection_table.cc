#include "agent/gate/connection_table.h"

#include <algorithm>

namespace vitals {

ProbeConnection& ConnectionTable::Take() {
  auto* place = std::find_if(begin(), end(), [](const ProbeConnection& c) {
    return c.state == ProbeConnection::State::kFree;
  });
  if (place == end()) {
    place = Oldest();
    Release(*place);
  }
  return *place;
}

void ConnectionTable::Release(ProbeConnection& connection) {
  connection.fd.Close();
  connection.state = ProbeConnection::State::kFree;
  connection.in_size = 0;
  connection.rest_size = 0;
  connection.rest_sent = 0;
}

ProbeConnection* ConnectionTable::Oldest() {
  ProbeConnection* oldest = nullptr;
  for (auto& connection : *places_) {
    if (connection.state == ProbeConnection::State::kFree) continue;
    if (oldest == nullptr || connection.opened_at < oldest->opened_at) oldest = &connection;
  }
  return oldest;
}

}  // namespace vitals
