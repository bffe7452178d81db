// Certificates: an authority of a test's own and what it signs, made when the test runs, so that no
// key lies in the repository and nothing ever runs out. One owner, one thread.
//
// Written by the program openssl as PEM files, with keys on the curve P-256 (RFC 5480).
#pragma once

#include <filesystem>
#include <string>

#include "agent/core/result.h"

namespace vitals {

struct Certificate {
  std::filesystem::path cert;
  std::filesystem::path key;
};

struct CertificateWish {
  std::string name = "localhost";  // the common name; with 127.0.0.1 and ::1 also what it is for
  bool expired = false;
};

class CertificateAuthority {
 public:
  // Makes the authority; its files go into `folder`.
  static Result<CertificateAuthority> Make(const std::filesystem::path& folder);

  const std::filesystem::path& file() const { return file_; }
  // The same wish twice writes the same files anew.
  Result<Certificate> Issue(const CertificateWish& wish = {}) const;

 private:
  explicit CertificateAuthority(std::filesystem::path folder)
      : folder_(std::move(folder)), file_(folder_ / "ca.crt") {}

  std::filesystem::path folder_;
  std::filesystem::path file_;
};

// The same pair as a PKCS #12 store, the form that Java wants; its password is kStorePassword.
inline constexpr const char* kStorePassword = "changeit";
Result<std::filesystem::path> MakeKeyStore(const Certificate& certificate);
// The store of a Java program that trusts `authority` alone.
Result<std::filesystem::path> MakeTrustStore(const std::filesystem::path& authority);

}  // namespace vitals
