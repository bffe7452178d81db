// The server's side of TLS for a ScriptedServer: real OpenSSL, blocking, on the server's thread.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <string>

#include "tests/support/certificates.h"
#include "tests/unit/probes/mqtt/scripted_server.h"

namespace vitals::mqtt {

struct TlsServerOptions {
  CertificateFiles certificate;
  std::filesystem::path client_ca{};  // empty = clients need no certificate
  int min_version = 0;                // TLS1_2_VERSION ...; 0 = OpenSSL's default
  int max_version = 0;
  const char* ciphers = nullptr;  // of TLS 1.2
};

class TlsEnd {
 public:
  explicit TlsEnd(SSL* ssl) : ssl_(ssl) {}
  std::string Read();  // empty = the client closed
  void Send(const std::string& bytes);
  SSL* ssl() const { return ssl_; }

 private:
  SSL* ssl_;
};

// A script that shakes hands and, if that succeeds, goes on with `then`.
ScriptedServer::Script OverTls(const TlsServerOptions& options,
                               std::function<void(TlsEnd&)> then = {});

}  // namespace vitals::mqtt
