#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/load.h"
#include "agent/config/print.h"
#include "tests/unit/agent/config/temp_file.h"

namespace vitals {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// All complaints about one endpoint.
std::string Complaints(const std::string& endpoint) {
  const TempFile file("endpoints: [" + endpoint + "]\n", ".yaml");
  Flags flags;
  flags.config = file.path();
  const auto result = Load(flags, {});
  std::string text;
  if (result) return text;
  for (const Error& error : result.error()) text += error.ToString() + "\n";
  return text;
}

std::string Tls(const std::string& keys) {
  return Complaints("{url: 'mqtts://127.0.0.1', tls: {" + keys + "}}");
}

TEST(EndpointTls, NeedsASchemeThatUsesIt) {
  EXPECT_THAT(Complaints("{url: 'mqtt://127.0.0.1', tls: {verify: none}}"),
              HasSubstr("tls with mqtt:// (write mqtts:// or wss://, or remove tls)"));
  EXPECT_THAT(Complaints("{url: 'wss://127.0.0.1', tls: {verify: none}}"),
              Not(HasSubstr("tls with")));
}

TEST(EndpointTls, KeysAreReadStrictly) {
  EXPECT_THAT(Tls("ca_fil: x"), HasSubstr("unknown key 'ca_fil' (did you mean 'ca_file'?)"));
  EXPECT_THAT(Tls("verify: maybe"), HasSubstr("verify: unknown value 'maybe'"));
}

TEST(EndpointTls, CertificateAndKeyBelongTogether) {
  const TempFile file("pem");
  EXPECT_THAT(Tls("cert_file: " + file.path()), HasSubstr("cert_file and key_file belong"));
  EXPECT_THAT(Tls("key_file: " + file.path()), HasSubstr("cert_file and key_file belong"));
  EXPECT_THAT(Tls("cert_file: " + file.path() + ", key_file: " + file.path()),
              Not(HasSubstr("belong")));
}

TEST(EndpointTls, FilesThatCannotBeReadAreNamed) {
  EXPECT_THAT(
      Tls("ca_file: /nonexistent/ca, cert_file: /nonexistent/c, key_file: /nonexistent/k, "
          "key_password_file: /nonexistent/p"),
      AllOf(HasSubstr("ca_file /nonexistent/ca: "), HasSubstr("cert_file /nonexistent/c: "),
            HasSubstr("key_file /nonexistent/k: "), HasSubstr("password file /nonexistent/p: ")));
}

TEST(EndpointTls, AWrongNameIsForgivenOnLoopbackOnly) {
  const auto with = [](const std::string& host, const std::string& verify) {
    return Complaints("{url: 'mqtts://" + host + "', tls: {fatal_name: false, verify: " + verify +
                      "}}");
  };
  EXPECT_THAT(with("127.0.0.1", "full"), Not(HasSubstr("fatal_name")));
  EXPECT_THAT(with("[::1]", "full"), Not(HasSubstr("fatal_name")));
  EXPECT_THAT(with("10.0.0.1", "full"), HasSubstr("fatal_name: false for 10.0.0.1"));
  EXPECT_THAT(with("127.example", "full"), HasSubstr("fatal_name: false for 127.example"));
  EXPECT_THAT(with("10.0.0.1", "chain"), Not(HasSubstr("fatal_name")));
}

TEST(EndpointTls, IsReadIntoTheSettingsAndPrinted) {
  const TempFile pem("pem"), password("s3cret\n");
  const auto load = [](const std::string& yaml) {
    const TempFile file(yaml, ".yaml");
    Flags flags;
    flags.config = file.path();
    return Load(flags, {});
  };
  const auto first = load(
      "endpoints:\n- {url: 'mqtt://127.0.0.1'}\n- url: 'wss://127.0.0.1:1/mqtt'\n"
      "  proxy_protocol: v2\n  proxy_command: local\n  tls: {server_name: b.example, verify: "
      "chain, "
      "fatal_name: false, ca_file: " +
      pem.path() + ", cert_file: " + pem.path() + ", key_file: " + pem.path() +
      ", key_password_file: " + password.path() + "}\n");
  ASSERT_TRUE(first) << first.error().front().ToString();
  const EndpointSettings& endpoint = first->settings.endpoints.at(1);
  EXPECT_TRUE(endpoint.UsesTls() && endpoint.UsesWebSocket());
  EXPECT_EQ(endpoint.path, "/mqtt");
  EXPECT_EQ(endpoint.proxy_protocol, ProxyProtocol::kV2);
  EXPECT_EQ(endpoint.proxy_command, ProxyCommand::kLocal);
  EXPECT_EQ(endpoint.tls.ca_file, pem.path());
  EXPECT_EQ(endpoint.tls.cert_file, pem.path());
  EXPECT_EQ(endpoint.tls.key_file, pem.path());
  EXPECT_EQ(endpoint.tls.key_password, "s3cret");
  EXPECT_EQ(endpoint.tls.server_name, "b.example");
  EXPECT_EQ(endpoint.tls.verify, TlsVerify::kChain);
  EXPECT_FALSE(endpoint.tls.fatal_name);

  const std::string printed = PrintConfig(first->config);
  EXPECT_THAT(printed, Not(HasSubstr("s3cret")));
  const auto second = load(printed);
  ASSERT_TRUE(second) << second.error().front().ToString() << printed;
  EXPECT_EQ(PrintConfig(second->config), printed);
}

TEST(EndpointRoundTrip, GoesThroughTheFirstOfAnyKind) {
  for (const char* url : {"unix:///run/m.sock", "mqtts://127.0.0.1", "ws://127.0.0.1",
                          "wss://broker.example", "mqtt://broker.example"}) {
    Flags flags;
    flags.brokers = {url, "mqtt://127.0.0.1"};
    const auto loaded = Load(flags, {});
    ASSERT_TRUE(loaded) << loaded.error().front().ToString();
    EXPECT_TRUE(loaded->settings.endpoints[0].round_trip) << url;
    EXPECT_FALSE(loaded->settings.endpoints[1].round_trip) << url;
  }
}

TEST(EndpointProxy, AUnixSocketHasNoAddressesToTell) {
  EXPECT_THAT(Complaints("{url: 'unix:///run/m.sock', proxy_protocol: v2}"),
              HasSubstr("a PROXY header on a unix socket"));
}

}  // namespace
}  // namespace vitals
