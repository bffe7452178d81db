#include "tests/support/key_store.h"

#include <string>
#include <utility>
#include <vector>

#include "tests/support/process.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

Result<fs::path> RunFor(fs::path store, std::vector<std::string> args) {
  const std::string program = args.front();
  const Finished done =
      RunToEnd({.name = program, .folder = store.parent_path(), .args = std::move(args)});
  if (done.code != 0) return Fail(done.out + done.err, program);
  return store;
}

}  // namespace

Result<fs::path> MakeKeyStore(const CertificateFiles& certificate) {
  const fs::path store = fs::path(certificate.cert).replace_extension(".p12");
  return RunFor(store, {"openssl", "pkcs12", "-export", "-in", certificate.cert.string(), "-inkey",
                        certificate.key.string(), "-passout", std::string("pass:") + kStorePassword,
                        "-out", store.string()});
}

Result<fs::path> MakeTrustStore(const fs::path& authority) {
  const fs::path store = fs::path(authority).replace_extension(".p12");
  fs::remove(store);  // keytool would refuse a second certificate of that name
  return RunFor(
      store, {"keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", authority.string(),
              "-storetype", "PKCS12", "-storepass", kStorePassword, "-keystore", store.string()});
}

}  // namespace vitals
