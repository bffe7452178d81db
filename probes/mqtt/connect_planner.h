// ConnectPlanner: makes the plan of each fresh connect to one endpoint: where to, what to say, and
// with which TLS files.
//
// Belongs to whoever opens the connects, and to one thread; must outlive them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/core/settings.h"
#include "probes/mqtt/fresh_connect.h"
#include "probes/mqtt/lookup.h"
#include "probes/mqtt/socket_address.h"
#include "probes/mqtt/tls_context.h"

namespace vitals::mqtt {

class ConnectPlanner {
 public:
  // mqtt_version must be 4 or 5. `wake` is the eventfd of the thread's loop.
  ConnectPlanner(const EndpointSettings& endpoint, int wake);
  ConnectPlanner(const ConnectPlanner&) = delete;
  ConnectPlanner& operator=(const ConnectPlanner&) = delete;

  ConnectPlan MakePlan(std::string client_id);

 private:
  const EndpointSettings endpoint_;
  const int wake_;
  const std::optional<SocketAddress> address_;  // none = a name to look up, or a unix socket
  TlsContext tls_;
  std::shared_ptr<Lookup> lookup_;  // the newest one
};

}  // namespace vitals::mqtt
