#include "probes/mqtt/tls_context.h"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include "probes/mqtt/tls_failure.h"

namespace vitals::mqtt {
namespace {

tl::unexpected<Failure> Fail(FailReason reason, const std::string& what) {
  return tl::unexpected(MakeFailure(Stage::kTls, reason, what + ": " + TakeTlsErrorText()));
}

int GivePassword(char* buffer, int size, int, void* settings) {
  const auto& password = static_cast<const TlsSettings*>(settings)->key_password;
  if (!password) return 0;
  const auto length = std::min(password->size(), static_cast<std::size_t>(size));
  std::copy_n(password->data(), length, buffer);
  return static_cast<int>(length);
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { ::SSL_CTX_free(context); }

TlsContext::FileStamp TlsContext::StampOf(const std::string& path) {
  struct stat found{};
  if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
  return {found.st_ino, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

tl::expected<ssl_ctx_st*, Failure> TlsContext::Get() {
  const Stamps now{StampOf(settings_.ca_file), StampOf(settings_.cert_file),
                   StampOf(settings_.key_file)};
  if (!handle_ || now != stamps_) {
    auto read = Read();
    if (!read) return tl::unexpected(std::move(read.error()));
    handle_ = std::move(*read);
    stamps_ = now;
  }
  return handle_.get();
}

tl::expected<TlsContext::Handle, Failure> TlsContext::Read() const {
  Handle handle(::SSL_CTX_new(::TLS_client_method()));
  SSL_CTX* context = handle.get();
  if (context == nullptr) return Fail(FailReason::kAgentResources, "no TLS context");
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  const std::string& ca = settings_.ca_file;
  const int trusts = ca.empty() ? ::SSL_CTX_set_default_verify_paths(context)
                                : ::SSL_CTX_load_verify_locations(context, ca.c_str(), nullptr);
  if (trusts != 1) return Fail(FailReason::kCertificateAuthority, "ca_file " + ca);
  if (settings_.cert_file.empty()) return handle;

  ::SSL_CTX_set_default_passwd_cb(context, GivePassword);
  ::SSL_CTX_set_default_passwd_cb_userdata(context, const_cast<TlsSettings*>(&settings_));
  if (::SSL_CTX_use_certificate_chain_file(context, settings_.cert_file.c_str()) != 1) {
    return Fail(FailReason::kClientCertificate, "cert_file " + settings_.cert_file);
  }
  // Also looks whether the key belongs to the certificate.
  if (::SSL_CTX_use_PrivateKey_file(context, settings_.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Fail(FailReason::kClientCertificate, "key_file " + settings_.key_file);
  }
  return handle;
}

}  // namespace vitals::mqtt
