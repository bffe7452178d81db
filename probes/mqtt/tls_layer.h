// TlsLayer: the client's side of TLS 1.2 or 1.3 on one connection, by OpenSSL with its bytes kept
// in memory. It looks at the whole certificate before it decides: what is wrong with chain, dates
// and name is known even of a certificate that the settings forgive.
//
// Belongs to one FreshConnect and its thread.
//
// Sources: RFC 8446; RFC 6066 section 3 (no server name for addresses); openssl:
// SSL_CTX_set_cert_verify_callback(3).
#pragma once

#include <optional>
#include <string>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "probes/mqtt/layer.h"

struct evp_pkey_st;
struct ssl_st;
struct ssl_ctx_st;
struct x509_st;
struct x509_store_ctx_st;

namespace vitals::mqtt {

class TlsLayer final : public Layer {
 public:
  // `settings` must outlive it. `host` is asked for and checked if they hold no server_name.
  TlsLayer(ssl_ctx_st* context, const TlsSettings& settings, const std::string& host);
  ~TlsLayer() override;

  Stage stage() const override { return Stage::kTls; }
  void Open(std::string& down) override;
  State Receive(std::string_view bytes, std::string& down, std::string& up) override;
  void Send(std::string_view bytes, std::string& down) override;
  void Close(std::string& down) override;
  const Failure& failure() const override { return failure_; }

  // What the peer has shown; also if it was refused for it.
  const std::optional<ServedCertificate>& certificate() const { return certificate_; }

 private:
  // Called by OpenSSL inside of Receive.
  static int Verify(x509_store_ctx_st* store, void*);
  static int NoteWanted(ssl_st* ssl, x509_st**, evp_pkey_st**);
  int Judge(x509_store_ctx_st* store);
  State Fail(Failure failure);
  State FailByQueue();
  void TakeOutput(std::string& down);
  void Read(std::string& up);

  const TlsSettings& settings_;
  ssl_st* const ssl_;  // none = no memory
  State state_ = State::kOpening;
  int verify_error_ = 0;  // the one for which the certificate was refused
  bool certificate_wanted_ = false;
  std::optional<ServedCertificate> certificate_;
  Failure failure_;
};

}  // namespace vitals::mqtt
