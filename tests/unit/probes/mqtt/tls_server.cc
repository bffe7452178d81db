#include "tests/unit/probes/mqtt/tls_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <memory>

namespace vitals::mqtt {

std::string TlsEnd::Read() {
  char buffer[4096];
  const int size = ::SSL_read(ssl_, buffer, sizeof buffer);
  return {buffer, static_cast<std::size_t>(std::max(size, 0))};
}

void TlsEnd::Send(const std::string& bytes) {
  ::SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
}

ScriptedServer::Script OverTls(const TlsServerOptions& options, std::function<void(TlsEnd&)> then) {
  const std::shared_ptr<SSL_CTX> context(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
  const auto& [cert, key] = options.certificate;
  EXPECT_EQ(::SSL_CTX_use_certificate_chain_file(context.get(), cert.c_str()), 1);
  EXPECT_EQ(::SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM), 1);
  if (!options.client_ca.empty()) {
    ::SSL_CTX_load_verify_locations(context.get(), options.client_ca.c_str(), nullptr);
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (options.ciphers != nullptr) ::SSL_CTX_set_cipher_list(context.get(), options.ciphers);
  ::SSL_CTX_set_min_proto_version(context.get(), options.min_version);
  ::SSL_CTX_set_max_proto_version(context.get(), options.max_version);
  return [context, then = std::move(then)](ServerEnd& end) {
    const timeval limit{5, 0};  // of a client that never says a word
    ::setsockopt(end.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const std::unique_ptr<SSL, decltype(&::SSL_free)> ssl(::SSL_new(context.get()), ::SSL_free);
    ::SSL_set_fd(ssl.get(), end.fd());
    if (::SSL_accept(ssl.get()) == 1 && then) {
      TlsEnd tls(ssl.get());
      then(tls);
    }
    // A client that still has something to say would lose what was said to it to a reset.
    ::shutdown(end.fd(), SHUT_WR);
    end.WaitForClose();
  };
}

}  // namespace vitals::mqtt
