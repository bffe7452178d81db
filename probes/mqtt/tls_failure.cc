#include "probes/mqtt/tls_failure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace vitals::mqtt {
namespace {

// The first error is the cause, the later ones are its consequences.
unsigned long TakeFirstError() {
  const unsigned long error = ::ERR_get_error();
  ::ERR_clear_error();
  return error;
}

std::string TextOf(unsigned long error) {
  const char* reason = ::ERR_reason_error_string(error);
  return reason != nullptr ? reason : "TLS error " + std::to_string(::ERR_GET_REASON(error));
}

bool IsAboutOurCertificate(int alert) {
  switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case TLS13_AD_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

FailReason ReasonOfAlert(int alert, bool certificate_wanted) {
  // A TLS 1.2 server that misses our certificate has no alert of its own for it.
  const bool missed = alert == SSL_AD_HANDSHAKE_FAILURE && certificate_wanted;
  if (missed || IsAboutOurCertificate(alert)) return FailReason::kClientCertificate;
  if (alert == SSL_AD_PROTOCOL_VERSION || alert == SSL_AD_INSUFFICIENT_SECURITY) {
    return FailReason::kTlsProtocol;
  }
  return FailReason::kTlsAlert;
}

}  // namespace

std::string TakeTlsErrorText() { return TextOf(TakeFirstError()); }

Failure TakeTlsFailure(bool certificate_wanted) {
  const unsigned long error = TakeFirstError();
  const int reason = ::ERR_GET_REASON(error);
  // OpenSSL numbers the alerts that it receives from this offset on.
  const int alert = reason - SSL_AD_REASON_OFFSET;
  if (::ERR_GET_LIB(error) == ERR_LIB_SSL && alert >= 0 && alert <= 255) {
    return MakeFailure(Stage::kTls, ReasonOfAlert(alert, certificate_wanted),
                       std::string("alert: ") + ::SSL_alert_desc_string_long(alert));
  }
  return MakeFailure(Stage::kTls, FailReason::kTlsProtocol, TextOf(error));
}

FailReason ReasonOfVerifyError(int verify_error) {
  switch (verify_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return FailReason::kCertificateExpired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return FailReason::kCertificateName;
    default:
      return FailReason::kCertificateAuthority;
  }
}

Failure VerifyFailure(int verify_error) {
  return MakeFailure(Stage::kTls, ReasonOfVerifyError(verify_error),
                     ::X509_verify_cert_error_string(verify_error));
}

}  // namespace vitals::mqtt
