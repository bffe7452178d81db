#include <gmock/gmock.h>

#include "tests/support/temp_dir.h"
#include "tests/unit/probes/mqtt/listener_probe_fixture.h"
#include "tests/unit/probes/mqtt/tls_server.h"

namespace vitals::mqtt {
namespace {

using testing::HasSubstr;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

void Welcome(TlsEnd& end) {
  if (!end.Read().empty()) end.Send(kWelcome);
}

class ListenerTlsTest : public ListenerProbeTest {
 protected:
  EndpointSettings TlsEndpoint() {
    EndpointSettings endpoint = Endpoint(0);
    endpoint.scheme = "mqtts";
    endpoint.tls.ca_file = ca_.file();
    return endpoint;
  }

  ConnectEvidence FirstOf(const TlsServerOptions& options, const EndpointSettings& endpoint) {
    return ListenerProbeTest::FirstOf(OverTls(options, Welcome), endpoint);
  }

  // What came of a connect to a server with this certificate.
  ConnectEvidence FirstWith(const CertificateOptions& options, TlsSettings tls = {}) {
    EndpointSettings endpoint = TlsEndpoint();
    if (tls.ca_file.empty()) tls.ca_file = ca_.file();
    endpoint.tls = tls;
    return FirstOf({ca_.Issue("server", options)}, endpoint);
  }

  static void ExpectTls(const ConnectEvidence& evidence, FailReason reason) {
    ASSERT_TRUE(evidence.failure);
    EXPECT_EQ(evidence.failure->stage, Stage::kTls);
    EXPECT_EQ(Name(evidence.failure->reason), Name(reason)) << evidence.failure->detail;
    EXPECT_EQ(evidence.failure->fault, DefaultFault(reason));
  }

  TempDir files_;
  CertificateAuthority ca_{files_.path(), "ca"};
  CertificateAuthority other_ca_{files_.path(), "other"};
};

TEST_F(ListenerTlsTest, AGoodConnectShowsEachStageAndTheCertificate) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    bool goodbye = false;
    const auto first = ListenerProbeTest::FirstOf(
        OverTls(
            {.certificate = ca_.Issue("server"), .min_version = version, .max_version = version},
            [&](TlsEnd& end) {
              EXPECT_STREQ(::SSL_get_servername(end.ssl(), TLSEXT_NAMETYPE_host_name), nullptr)
                  << "an address is no server name";
              Welcome(end);
              goodbye = end.Read() == std::string("\xE0\x00", 2) && end.Read().empty() &&
                        (::SSL_get_shutdown(end.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0;
            }),
        TlsEndpoint());
    EXPECT_FALSE(first.failure) << first.failure->detail;
    EXPECT_TRUE(first.reacted);
    EXPECT_TRUE(goodbye) << "DISCONNECT, then close_notify";
    for (const Stage stage : {Stage::kTcp, Stage::kTls, Stage::kConnack}) {
      EXPECT_TRUE(TimeOf(first, stage)) << Name(stage);
    }
    ASSERT_TRUE(first.certificate);
    EXPECT_TRUE(first.certificate->trusted);
    EXPECT_TRUE(first.certificate->name_ok);
    const Duration left = first.certificate->expires - clock_.Wall();
    EXPECT_GT(left, 23h);
    EXPECT_LT(left, 25h);
  }
}

TEST_F(ListenerTlsTest, CertificatesThatAreOverOrNotValidYet) {
  for (const auto& [begins, ends] : {std::pair{-48h, -24h}, std::pair{24h, 48h}}) {
    const auto first = FirstWith({.begins_in = begins, .ends_in = ends});
    ExpectTls(first, FailReason::kCertificateExpired);
    ASSERT_TRUE(first.certificate) << "a refused certificate is evidence too";
    EXPECT_TRUE(first.certificate->trusted);
  }
}

TEST_F(ListenerTlsTest, UnknownAuthority) {
  const auto first = FirstWith({}, {.ca_file = other_ca_.file()});
  ExpectTls(first, FailReason::kCertificateAuthority);
  ASSERT_TRUE(first.certificate);
  EXPECT_FALSE(first.certificate->trusted);
  EXPECT_TRUE(first.certificate->name_ok);
}

TEST_F(ListenerTlsTest, WrongName) {
  const auto first = FirstWith({.names = "DNS:broker.example"});
  ExpectTls(first, FailReason::kCertificateName);
  ASSERT_TRUE(first.certificate);
  EXPECT_FALSE(first.certificate->name_ok);
  EXPECT_TRUE(first.certificate->trusted);
}

TEST_F(ListenerTlsTest, TheServerNameIsAskedForAndChecked) {
  std::string asked;
  EndpointSettings endpoint = TlsEndpoint();
  endpoint.tls.server_name = "broker.example.";
  const auto first = ListenerProbeTest::FirstOf(
      OverTls({ca_.Issue("server", {.names = "DNS:broker.example"})},
              [&](TlsEnd& end) {
                asked = ::SSL_get_servername(end.ssl(), TLSEXT_NAMETYPE_host_name);
                Welcome(end);
              }),
      endpoint);
  EXPECT_FALSE(first.failure);
  EXPECT_EQ(asked, "broker.example");
}

TEST_F(ListenerTlsTest, AWrongNameThatIsForgivenIsStillSeen) {
  for (const TlsSettings& tls :
       {TlsSettings{.fatal_name = false}, TlsSettings{.verify = TlsVerify::kChain}}) {
    const auto first = FirstWith({.names = "DNS:broker.example"}, tls);
    EXPECT_FALSE(first.failure);
    ASSERT_TRUE(first.certificate);
    EXPECT_FALSE(first.certificate->name_ok);
  }
}

TEST_F(ListenerTlsTest, WithoutVerificationEverythingIsForgivenAndSeen) {
  const auto first = FirstWith({.names = "DNS:broker.example", .begins_in = -48h, .ends_in = -24h},
                               {.ca_file = other_ca_.file(), .verify = TlsVerify::kNone});
  EXPECT_FALSE(first.failure);
  ASSERT_TRUE(first.certificate);
  EXPECT_FALSE(first.certificate->trusted);
  EXPECT_FALSE(first.certificate->name_ok);
  EXPECT_LT(first.certificate->expires, clock_.Wall());
}

TEST_F(ListenerTlsTest, AClientCertificateIsWanted) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsServerOptions server{.certificate = ca_.Issue("server"),
                                  .client_ca = ca_.file(),
                                  .min_version = version,
                                  .max_version = version};
    EndpointSettings endpoint = TlsEndpoint();
    ExpectTls(FirstOf(server, endpoint), FailReason::kClientCertificate);

    const auto strange = other_ca_.Issue("strange");
    endpoint.tls.cert_file = strange.cert;
    endpoint.tls.key_file = strange.key;
    ExpectTls(FirstOf(server, endpoint), FailReason::kClientCertificate);

    const auto good = ca_.Issue("agent", {.key_password = "s3cret"});
    endpoint.tls.cert_file = good.cert;
    endpoint.tls.key_file = good.key;
    endpoint.tls.key_password = "s3cret";
    const auto first = FirstOf(server, endpoint);
    EXPECT_FALSE(first.failure) << first.failure->detail;
  }
}

TEST_F(ListenerTlsTest, NoCipherInCommonIsAnAlert) {
  // These ciphers need an RSA certificate.
  const auto first = FirstOf({.certificate = ca_.Issue("server"),
                              .max_version = TLS1_2_VERSION,
                              .ciphers = "AES128-SHA256"},
                             TlsEndpoint());
  ExpectTls(first, FailReason::kTlsAlert);
  EXPECT_THAT(first.failure->detail, HasSubstr("handshake failure"));
}

TEST_F(ListenerTlsTest, OldVersionsAreRefused) {
  ExpectTls(FirstOf({.certificate = ca_.Issue("server"),
                     .min_version = TLS1_VERSION,
                     .max_version = TLS1_1_VERSION,
                     .ciphers = "ALL:@SECLEVEL=0"},
                    TlsEndpoint()),
            FailReason::kTlsProtocol);
}

TEST_F(ListenerTlsTest, APeerThatSpeaksNoTls) {
  ExpectTls(ListenerProbeTest::FirstOf([](ServerEnd& end) { end.Send("HTTP/1.1 400\r\n\r\n"); },
                                       TlsEndpoint()),
            FailReason::kTlsProtocol);
}

TEST_F(ListenerTlsTest, ClosedOrResetDuringTheHandshake) {
  ExpectTls(ListenerProbeTest::FirstOf([](ServerEnd& end) { end.ReadSegment(); }, TlsEndpoint()),
            FailReason::kClosed);
  ExpectTls(ListenerProbeTest::FirstOf(
                [](ServerEnd& end) {
                  end.ReadSegment();
                  end.Reset();
                },
                TlsEndpoint()),
            FailReason::kReset);
}

TEST_F(ListenerTlsTest, SilenceDuringTheHandshake) {
  ExpectTls(ListenerProbeTest::FirstOf(
                [](ServerEnd& end) {
                  end.ReadSegment();
                  end.WaitForClose();
                },
                TlsEndpoint()),
            FailReason::kUnanswered);
  ExpectTls(ListenerProbeTest::FirstOf({}, TlsEndpoint()), FailReason::kUnread);
}

TEST_F(ListenerTlsTest, FilesThatAreUselessAreTheAgentsFaultAndNobodyIsAsked) {
  const ScriptedServer server(OverTls({ca_.Issue("server")}, Welcome));
  EndpointSettings endpoint = TlsEndpoint();
  endpoint.port = server.port();
  endpoint.tls.ca_file = files_.Write("empty.pem", "");
  ExpectTls(ListenerProbeTest::FirstOf(endpoint), FailReason::kCertificateAuthority);
  endpoint.tls.ca_file = ca_.file();
  endpoint.tls.cert_file = ca_.Issue("agent").cert;
  endpoint.tls.key_file = ca_.Issue("other").key;
  const auto first = ListenerProbeTest::FirstOf(endpoint);
  ExpectTls(first, FailReason::kClientCertificate);
  EXPECT_THAT(first.failure->detail, HasSubstr("other.key"));
  EXPECT_EQ(server.accepted(), 0);
}

TEST_F(ListenerTlsTest, ARenewedCertificateIsReadWithoutARestart) {
  const ScriptedServer server(
      OverTls({.certificate = ca_.Issue("server"), .client_ca = ca_.file()}, Welcome));
  const auto old = ca_.Issue("agent", {.begins_in = -48h, .ends_in = -24h});
  EndpointSettings endpoint = TlsEndpoint();
  endpoint.port = server.port();
  endpoint.tls.cert_file = old.cert;
  endpoint.tls.key_file = old.key;
  Run({endpoint});
  ExpectTls(box_.Wait<ConnectEvidence>(1).front(), FailReason::kClientCertificate);
  ca_.Issue("agent");
  for (std::size_t count = 2;; ++count) {
    ASSERT_LT(count, 200u);
    if (!box_.Wait<ConnectEvidence>(count).back().failure) break;
  }
}

}  // namespace
}  // namespace vitals::mqtt
