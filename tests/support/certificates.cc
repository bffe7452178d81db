#include "tests/support/certificates.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>

namespace vitals {
namespace {

EVP_PKEY* MakeKey() { return ::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"); }

void AddExtension(X509* certificate, int id, const std::string& value) {
  X509_EXTENSION* extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  ::X509_add_ext(certificate, extension, -1);
  ::X509_EXTENSION_free(extension);
}

template <typename Write>
void WritePem(const std::filesystem::path& path, Write write) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr) << path;
  EXPECT_EQ(write(file), 1) << path;
  std::fclose(file);
}

}  // namespace

CertificateAuthority::CertificateAuthority(std::filesystem::path folder, const std::string& name)
    : folder_(std::move(folder)), file_(folder_ / (name + ".pem")), key_(MakeKey()) {
  CertificateOptions options;
  options.names.clear();
  certificate_ = Make(name, key_.get(), options, true);
  WritePem(file_, [&](std::FILE* file) { return ::PEM_write_X509(file, certificate_.get()); });
}

CertificateFiles CertificateAuthority::Issue(const std::string& name,
                                             const CertificateOptions& options) {
  const CertificateFiles files{folder_ / (name + ".pem"), folder_ / (name + ".key")};
  const Key key(MakeKey());
  const Certificate certificate = Make(name, key.get(), options, false);
  WritePem(files.cert, [&](std::FILE* file) { return ::PEM_write_X509(file, certificate.get()); });
  WritePem(files.key, [&](std::FILE* file) {
    const std::string& password = options.key_password;
    return ::PEM_write_PrivateKey(file, key.get(), password.empty() ? nullptr : ::EVP_aes_256_cbc(),
                                  reinterpret_cast<const unsigned char*>(password.data()),
                                  static_cast<int>(password.size()), nullptr, nullptr);
  });
  return files;
}

CertificateAuthority::Certificate CertificateAuthority::Make(const std::string& name, EVP_PKEY* key,
                                                             const CertificateOptions& options,
                                                             bool is_authority) {
  Certificate made(::X509_new());
  X509* certificate = made.get();
  ::X509_set_version(certificate, X509_VERSION_3);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), ++serial_);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate), options.begins_in.count());
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate), options.ends_in.count());
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  ::X509_set_issuer_name(certificate,
                         ::X509_get_subject_name(is_authority ? certificate : certificate_.get()));
  ::X509_set_pubkey(certificate, key);
  AddExtension(certificate, NID_basic_constraints,
               is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!options.names.empty()) AddExtension(certificate, NID_subject_alt_name, options.names);
  EXPECT_GT(::X509_sign(certificate, key_.get(), ::EVP_sha256()), 0);
  return made;
}

}  // namespace vitals
