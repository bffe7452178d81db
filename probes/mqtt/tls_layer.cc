#include "probes/mqtt/tls_layer.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "probes/mqtt/tls_failure.h"

namespace vitals::mqtt {
namespace {

bool IsAddress(const std::string& host) {
  in6_addr scrap{};
  return ::inet_pton(AF_INET, host.c_str(), &scrap) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &scrap) == 1;
}

// The last moment that WallTime holds is in the year 2262; some certificates are made for longer.
WallTime TimeOf(const ASN1_TIME* time) {
  constexpr std::time_t kLast = 9'200'000'000;
  std::tm parts{};
  if (::ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime(std::chrono::seconds(std::min(::timegm(&parts), kLast)));
}

// What is wrong with a certificate, one error of each kind.
struct Wrongs {
  int chain = X509_V_OK;
  int dates = X509_V_OK;
  int name = X509_V_OK;
};

int NoteAndGoOn(int good, X509_STORE_CTX* store) {
  if (good == 1) return 1;
  auto& wrongs = *static_cast<Wrongs*>(X509_STORE_CTX_get_app_data(store));
  const int error = ::X509_STORE_CTX_get_error(store);
  int* slot = &wrongs.chain;
  if (ReasonOfVerifyError(error) == FailReason::kCertificateExpired) slot = &wrongs.dates;
  if (ReasonOfVerifyError(error) == FailReason::kCertificateName) slot = &wrongs.name;
  if (*slot == X509_V_OK) *slot = error;
  return 1;
}

// The whole chain ends when the first of its certificates does.
ServedCertificate Describe(X509_STORE_CTX* store, const Wrongs& wrongs) {
  ServedCertificate served{WallTime::max(), wrongs.chain == X509_V_OK, wrongs.name == X509_V_OK};
  const STACK_OF(X509)* chain = ::X509_STORE_CTX_get0_chain(store);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    served.expires =
        std::min(served.expires, TimeOf(::X509_get0_notAfter(sk_X509_value(chain, i))));
  }
  return served;
}

}  // namespace

TlsLayer::TlsLayer(ssl_ctx_st* context, const TlsSettings& settings, const std::string& host)
    : settings_(settings), ssl_(::SSL_new(context)) {
  if (ssl_ == nullptr) return;
  SSL_set_app_data(ssl_, this);
  ::SSL_CTX_set_cert_verify_callback(context, Verify, nullptr);
  ::SSL_CTX_set_client_cert_cb(context, NoteWanted);
  ::SSL_set_verify(ssl_, SSL_VERIFY_PEER, nullptr);
  ::SSL_set_bio(ssl_, ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
  std::string name = settings.server_name.empty() ? host : settings.server_name;
  if (name.ends_with('.')) name.pop_back();
  if (IsAddress(name)) {
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl_), name.c_str());
  } else {
    ::SSL_set1_host(ssl_, name.c_str());
    SSL_set_tlsext_host_name(ssl_, name.c_str());
  }
}

TlsLayer::~TlsLayer() { ::SSL_free(ssl_); }

int TlsLayer::NoteWanted(ssl_st* ssl, x509_st**, evp_pkey_st**) {
  static_cast<TlsLayer*>(SSL_get_app_data(ssl))->certificate_wanted_ = true;
  return 0;  // we have none, or this would not be asked
}

int TlsLayer::Verify(X509_STORE_CTX* store, void*) {
  const auto* ssl = static_cast<const SSL*>(
      ::X509_STORE_CTX_get_ex_data(store, ::SSL_get_ex_data_X509_STORE_CTX_idx()));
  return static_cast<TlsLayer*>(SSL_get_app_data(ssl))->Judge(store);
}

// OpenSSL's own check stops at the first error that it meets; here all are noted first.
int TlsLayer::Judge(X509_STORE_CTX* store) {
  Wrongs wrongs;
  X509_STORE_CTX_set_app_data(store, &wrongs);
  ::X509_STORE_CTX_set_verify_cb(store, NoteAndGoOn);
  const bool looked = ::X509_verify_cert(store) == 1;
  X509_STORE_CTX_set_app_data(store, nullptr);
  if (!looked && wrongs.chain == X509_V_OK) wrongs.chain = ::X509_STORE_CTX_get_error(store);
  certificate_ = Describe(store, wrongs);
  verify_error_ = wrongs.chain != X509_V_OK ? wrongs.chain : wrongs.dates;
  const bool name_counts = settings_.verify == TlsVerify::kFull && settings_.fatal_name;
  if (verify_error_ == X509_V_OK && name_counts) verify_error_ = wrongs.name;
  if (settings_.verify == TlsVerify::kNone) verify_error_ = X509_V_OK;
  // Decides about the alert that the peer gets.
  ::X509_STORE_CTX_set_error(store, verify_error_);
  return verify_error_ == X509_V_OK ? 1 : 0;
}

void TlsLayer::TakeOutput(std::string& down) {
  BIO* out = ::SSL_get_wbio(ssl_);
  const std::size_t size = ::BIO_ctrl_pending(out);
  const std::size_t begin = down.size();
  down.resize(begin + size);
  ::BIO_read(out, down.data() + begin, static_cast<int>(size));
}

Layer::State TlsLayer::Fail(Failure failure) {
  failure_ = std::move(failure);
  return state_ = State::kFailed;
}

Layer::State TlsLayer::FailByQueue() {
  if (verify_error_ == X509_V_OK) return Fail(TakeTlsFailure(certificate_wanted_));
  ::ERR_clear_error();
  return Fail(VerifyFailure(verify_error_));
}

void TlsLayer::Open(std::string& down) {
  ::ERR_clear_error();
  if (ssl_ == nullptr) return;
  ::SSL_connect(ssl_);
  TakeOutput(down);
}

Layer::State TlsLayer::Receive(std::string_view bytes, std::string& down, std::string& up) {
  ::ERR_clear_error();
  if (ssl_ == nullptr) return Fail(MakeFailure(Stage::kTls, FailReason::kAgentResources));
  ::BIO_write(::SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
  if (state_ == State::kOpening) {
    const int done = ::SSL_connect(ssl_);
    if (done == 1) state_ = State::kOpen;
    if (done != 1 && ::SSL_get_error(ssl_, done) != SSL_ERROR_WANT_READ) FailByQueue();
  }
  if (state_ == State::kOpen) Read(up);
  TakeOutput(down);
  return state_;
}

void TlsLayer::Read(std::string& up) {
  std::array<char, 4096> buffer;
  for (;;) {
    const int size = ::SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (size > 0) {
      up.append(buffer.data(), static_cast<std::size_t>(size));
      continue;
    }
    const int why = ::SSL_get_error(ssl_, size);
    if (why == SSL_ERROR_SSL) FailByQueue();
    // After close_notify (SSL_ERROR_ZERO_RETURN) nothing more comes; the end of TCP follows.
    return;
  }
}

void TlsLayer::Send(std::string_view bytes, std::string& down) {
  ::ERR_clear_error();
  ::SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  TakeOutput(down);
}

void TlsLayer::Close(std::string& down) {
  ::ERR_clear_error();
  if (state_ == State::kOpen) ::SSL_shutdown(ssl_);
  TakeOutput(down);
}

}  // namespace vitals::mqtt
