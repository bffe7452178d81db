#include "tests/support/certificates.h"

#include <utility>
#include <vector>

#include "tests/support/process.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

Result<void> Run(const fs::path& folder, std::vector<std::string> args) {
  const std::string program = args.front();
  const Finished done = RunToEnd({.name = program, .folder = folder, .args = std::move(args)});
  if (done.code != 0) return Fail(done.out + done.err, program);
  return {};
}

Result<void> NewKey(const fs::path& folder, const fs::path& key, std::vector<std::string> more) {
  std::vector<std::string> args = {"openssl", "req",      "-newkey",
                                   "ec",      "-pkeyopt", "ec_paramgen_curve:prime256v1",
                                   "-nodes",  "-keyout",  key.string()};
  args.insert(args.end(), more.begin(), more.end());
  return Run(folder, std::move(args));
}

}  // namespace

Result<CertificateAuthority> CertificateAuthority::Make(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Fail(error.message(), folder.string());
  CertificateAuthority authority(folder);
  const auto made = NewKey(folder, folder / "ca.key",
                           {"-x509", "-days", "2", "-subj", "/CN=authority of a test", "-out",
                            authority.file().string()});
  if (!made) return tl::unexpected(made.error());
  return authority;
}

Result<Certificate> CertificateAuthority::Issue(const CertificateWish& wish) const {
  const std::string stem = wish.name + (wish.expired ? "-expired" : "");
  const Certificate made{folder_ / (stem + ".crt"), folder_ / (stem + ".key")};
  const std::string request = (folder_ / (stem + ".csr")).string();
  const std::string names = "subjectAltName=DNS:" + wish.name + ",IP:127.0.0.1,IP:::1";
  auto done =
      NewKey(folder_, made.key, {"-subj", "/CN=" + wish.name, "-addext", names, "-out", request});
  if (done) {
    done = Run(folder_, {"openssl", "x509", "-req", "-in", request, "-CA", file_.string(), "-CAkey",
                         (folder_ / "ca.key").string(), "-copy_extensions", "copy", "-days",
                         wish.expired ? "-1" : "2", "-out", made.cert.string()});
  }
  if (!done) return tl::unexpected(done.error());
  return made;
}

Result<fs::path> MakeKeyStore(const Certificate& certificate) {
  fs::path store = fs::path(certificate.cert).replace_extension(".p12");
  const auto done =
      Run(store.parent_path(), {"openssl", "pkcs12", "-export", "-in", certificate.cert.string(),
                                "-inkey", certificate.key.string(), "-passout",
                                std::string("pass:") + kStorePassword, "-out", store.string()});
  if (!done) return tl::unexpected(done.error());
  return store;
}

Result<fs::path> MakeTrustStore(const fs::path& authority) {
  fs::path store = fs::path(authority).replace_extension(".trust.p12");
  const auto done =
      Run(store.parent_path(),
          {"keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", authority.string(),
           "-storetype", "PKCS12", "-storepass", kStorePassword, "-keystore", store.string()});
  if (!done) return tl::unexpected(done.error());
  return store;
}

}  // namespace vitals
