#include "probes/mqtt/connect_planner.h"

#include <utility>

#include "probes/mqtt/wire.h"

namespace vitals::mqtt {

ConnectPlanner::ConnectPlanner(const EndpointSettings& endpoint, int wake)
    : endpoint_(endpoint),
      wake_(wake),
      address_(MakeAddress(endpoint.host, endpoint.port)),
      tls_(endpoint_.tls) {
  // Reading the system's CAs takes some 20 ms: not while a connect is timed.
  if (endpoint_.UsesTls()) static_cast<void>(tls_.Get());
}

ConnectPlan ConnectPlanner::MakePlan(std::string client_id) {
  ConnectOptions options;
  options.version = endpoint_.mqtt_version;
  options.client_id = std::move(client_id);
  options.username = endpoint_.username;
  options.password = endpoint_.password;
  ConnectPlan plan{endpoint_, tls_, {}, nullptr, EncodeConnect(options)};
  if (address_) {
    plan.addresses.push_back(*address_);
  } else if (!endpoint_.IsUnix()) {
    // A name server that does not answer gets one question at a time.
    if (lookup_ == nullptr || lookup_->Get()) {
      lookup_ = Lookup::Start(endpoint_.host, endpoint_.port, wake_);
    }
    plan.lookup = lookup_;
  }
  return plan;
}

}  // namespace vitals::mqtt
