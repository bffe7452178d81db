// CertificateAuthority: makes CAs and certificates (EC P-256, so that it takes a millisecond) for
// tests, as PEM files in a folder of the test's. One owner, one thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace vitals {

struct CertificateOptions {
  std::string names = "DNS:localhost,IP:127.0.0.1";  // subjectAltName; empty = none
  std::chrono::seconds begins_in = -std::chrono::hours(1);
  std::chrono::seconds ends_in = std::chrono::hours(24);
  std::string key_password{};  // empty = the key is not encrypted
};

struct CertificateFiles {
  std::filesystem::path cert;
  std::filesystem::path key;
};

class CertificateAuthority {
 public:
  // Writes NAME.pem into the folder, which must outlive it.
  CertificateAuthority(std::filesystem::path folder, const std::string& name);

  const std::filesystem::path& file() const { return file_; }
  // Writes NAME.pem and NAME.key, over older ones too.
  CertificateFiles Issue(const std::string& name, const CertificateOptions& options = {});

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { ::X509_free(certificate); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Certificate = std::unique_ptr<X509, Free>;

  Certificate Make(const std::string& name, EVP_PKEY* key, const CertificateOptions& options,
                   bool is_authority);

  const std::filesystem::path folder_;
  const std::filesystem::path file_;
  const Key key_;
  long serial_ = 0;
  Certificate certificate_;  // none while it is being made: it signs itself
};

}  // namespace vitals
