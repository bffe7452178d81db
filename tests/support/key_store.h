// Stores of certificates in PKCS #12, the form that Java wants, made from PEM files of
// tests/support/certificates.h by the programs openssl and keytool. Any thread.
#pragma once

#include <filesystem>

#include "agent/core/result.h"
#include "tests/support/certificates.h"

namespace vitals {

inline constexpr const char* kStorePassword = "changeit";

// The same pair as a store, beside it.
Result<std::filesystem::path> MakeKeyStore(const CertificateFiles& certificate);
// The store of a program that trusts `authority` alone, beside it; over an older one too.
Result<std::filesystem::path> MakeTrustStore(const std::filesystem::path& authority);

}  // namespace vitals
