// The web surface: /metrics, the JSON status and the start page (docs/http.md), on a port of its
// own so that no stranger stands in the kubelet's way. HTTP is spoken by cpp-httplib; connections
// are accepted and bounded here: a few threads named "web", one request a connection, none that
// lasts longer than some seconds, a client that says nothing costs no thread.
//
// Owned by the composition root. Start and Stop: one thread, once each; it serves from Start on.
// The sources are called from the "web" threads, several at a time. Exceptions end here: a client
// gets 500 and no text of them.
#pragma once

#include <memory>

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"
#include "agent/http/web_answer.h"

namespace vitals {

class WebServer {
 public:
  static constexpr int kBacklog = 64;

  // `listener` is a non-blocking socket in state LISTEN.
  static Result<std::unique_ptr<WebServer>> Start(Fd listener, Sources sources);
  ~WebServer();

  Address bound() const;
  void Stop();  // closes the port; within 1 s, whatever the clients do

 private:
  class Impl;
  explicit WebServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitals
