#include "agent/config/endpoint_tls.h"

#include <string>
#include <string_view>

#include "agent/config/secret.h"
#include "agent/config/text_file.h"

namespace vitals {
namespace {

// A bundle of all public CAs has 220 KiB.
constexpr std::size_t kMaxPem = 4 << 20;
// As OpenSSL's PEM_BUFSIZE: longer ones it would cut.
constexpr std::size_t kMaxKeyPassword = 1024;

// RFC 1122 section 3.2.1.3, RFC 6761 section 6.3, RFC 4291 section 2.5.3.
bool IsLoopback(const EndpointUrl& url) {
  return url.host == "localhost" || url.host == "::1" ||
         (url.HasNumericHost() && url.host.starts_with("127."));
}

void CheckFile(std::string_view key, const std::string& path, const Place& place, Layers& layers) {
  if (path.empty()) return;
  const auto text = ReadTextFile(path, kMaxPem);
  if (text) return;
  layers.complaints.Add(place, std::string(key) + " " + path + ": " + text.error().message,
                        text.error().remedy);
}

}  // namespace

void ResolveTls(EndpointConfig& endpoint, Layers& layers) {
  if (!endpoint.tls_place) return;
  const Place& place = *endpoint.tls_place;
  TlsSettings& tls = endpoint.settings.tls;
  if (!endpoint.settings.UsesTls()) {
    layers.complaints.Add(place, "tls with " + endpoint.settings.scheme + "://",
                          "write mqtts:// or wss://, or remove tls");
    return;
  }
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    layers.complaints.Add(place, "cert_file and key_file belong together", "give both or none");
  }
  CheckFile("ca_file", tls.ca_file, place, layers);
  CheckFile("cert_file", tls.cert_file, place, layers);
  CheckFile("key_file", tls.key_file, place, layers);
  if (!endpoint.key_password_file.empty()) {
    tls.key_password = ReadSecret(endpoint.key_password_file, kMaxKeyPassword, place, layers);
  }
  // Off loopback a wrong name may be somebody in between, who would be told the password.
  if (!tls.fatal_name && tls.verify == TlsVerify::kFull && !IsLoopback(endpoint.url)) {
    layers.complaints.Add(place, "fatal_name: false for " + endpoint.settings.host,
                          "give server_name; or set verify: chain to accept any name");
  }
}

}  // namespace vitals
