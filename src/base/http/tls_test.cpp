#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "http/client.h"
#include "http/server.h"
#include "test_server.h"

namespace dermaga::http {
namespace {

using testing::HasSubstr;

struct TlsTest : testing::Test {
  TlsTest() : server(make_options(certificate)) {}

  static ServerOptions make_options(const TestCertificate& certificate) {
    return {.listeners = {{.tls = true}},
            .certificate_file = certificate.certificate(),
            .private_key_file = certificate.key()};
  }
  std::string url(const std::string& host = "localhost") const {
    return "https://" + host + ":" + std::to_string(server.port());
  }
  Client client(const std::string& host = "localhost") const {
    return Client({.base_url = url(host), .ca_file = certificate.certificate()});
  }

  // A handshake by OpenSSL alone; the context decides what is offered. Returns the session or null.
  SSL_SESSION* shake_hands(SSL_CTX* context, SSL_SESSION* resume = nullptr, bool* reused = nullptr,
                           std::string* alpn = nullptr) {
    BIO* bio = BIO_new_connect(("127.0.0.1:" + std::to_string(server.port())).c_str());
    SSL* ssl = SSL_new(context);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_connect_state(ssl);
    if (resume != nullptr) {
      SSL_set_session(ssl, resume);
    }
    SSL_SESSION* session = nullptr;
    constexpr std::string_view kRequest = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    if (BIO_do_connect(bio) == 1 && SSL_do_handshake(ssl) == 1 &&
        SSL_write(ssl, kRequest.data(), static_cast<int>(kRequest.size())) > 0) {
      char block[4096];
      while (SSL_read(ssl, block, sizeof(block)) > 0) {
      }
      SSL_shutdown(ssl);
      session = SSL_SESSION_dup(SSL_get0_session(ssl));  // SSL_free would spoil the original
      if (reused != nullptr) {
        *reused = SSL_session_reused(ssl) == 1;
      }
      if (alpn != nullptr) {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl, &name, &size);
        alpn->assign(reinterpret_cast<const char*>(name), size);
      }
    }
    SSL_free(ssl);
    return session;
  }

  TestCertificate certificate;
  TestServer server;
};

TEST_F(TlsTest, ServesOverTlsKeepingTheConnection) {
  Client https = client();
  for (int i = 0; i < 3; ++i) {
    const auto got = https.request("POST", "/p?q", {{"X-Test", "t"}}, "body");
    ASSERT_TRUE(got.has_value()) << got.error().message();
    EXPECT_EQ(got->body, "/p|q|t|body");
  }
  EXPECT_EQ(https.request("GET", "/seen")->body, "127.0.0.1 tls");
  EXPECT_EQ(https.request("GET", "/later")->body, "later");
  EXPECT_EQ(https.request("GET", "/prepared")->body, "prepared body");
  EXPECT_EQ(https.request("GET", "/big")->body.size(), 3'000'000u);
  EXPECT_EQ(https.request("POST", "/a", {}, std::string(60'000, 'x'))->body.size(), 60'005u);
  EXPECT_EQ(client("127.0.0.1").request("GET", "/a")->status, 200);
}

TEST_F(TlsTest, OldVersionsAndForeignProtocolsAreRefused) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  EXPECT_EQ(shake_hands(context), nullptr);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  std::string alpn;
  const unsigned char both[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context, both, sizeof(both));
  SSL_SESSION* session = shake_hands(context, nullptr, nullptr, &alpn);
  EXPECT_NE(session, nullptr);
  EXPECT_EQ(alpn, "http/1.1");
  SSL_SESSION_free(session);
  SSL_CTX_set_alpn_protos(context, both, 3);
  EXPECT_EQ(shake_hands(context), nullptr);
  SSL_CTX_free(context);
}

TEST_F(TlsTest, SessionsResumeByTicket) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_SESSION* first = shake_hands(context);
  ASSERT_NE(first, nullptr);
  bool reused = false;
  SSL_SESSION_free(shake_hands(context, first, &reused));
  EXPECT_TRUE(reused);
  SSL_SESSION_free(first);
  SSL_CTX_free(context);
}

TEST_F(TlsTest, ClientsVerifyAuthorityAndHost) {
  const TestCertificate other;
  Client stranger({.base_url = url(), .ca_file = other.certificate()});
  EXPECT_THAT(stranger.request("GET", "/").error().message(),
              HasSubstr("certificate verify failed"));
  Client misled({.base_url = url("127.0.0.2"), .ca_file = certificate.certificate()});
  EXPECT_FALSE(misled.request("GET", "/").has_value());
  Client without({.base_url = url(), .ca_file = "/nonexistent"});
  const auto refused = without.request("GET", "/");
  EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message(), HasSubstr("No such file"));
  Client trusting({.base_url = url(), .ca_file = ""});  // the machine does not trust a test's own
  EXPECT_THAT(trusting.request("GET", "/").error().message(),
              HasSubstr("certificate verify failed"));
  EXPECT_EQ(server.handler->calls, 0);
}

TEST_F(TlsTest, ReloadedCertificatesServeNewConnections) {
  Client old = client();
  ASSERT_TRUE(old.request("GET", "/").has_value());
  certificate.renew();
  EXPECT_FALSE(client().request("GET", "/").has_value()) << "the old one is still served";
  ASSERT_TRUE(server.server->reload_certificate().has_value());
  EXPECT_TRUE(client().request("GET", "/").has_value());
  EXPECT_TRUE(old.request("GET", "/").has_value()) << "open connections go on";
  // Bad files leave the current pair in place.
  std::filesystem::resize_file(certificate.key(), 0);
  EXPECT_EQ(server.server->reload_certificate().error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(client().request("GET", "/").has_value());
}

TEST_F(TlsTest, PlainBytesAndSilentHandshakesAreClosed) {
  RawClient plain(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  plain.read_to_end();
  EXPECT_TRUE(plain.saw_end());
  ServerOptions options = make_options(certificate);
  options.header_timeout = std::chrono::seconds(1);
  TestServer impatient(options);
  RawClient silent(impatient.port());
  silent.send("\x16\x03\x01");
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_TRUE(silent.saw_end());
}

TEST_F(TlsTest, DrainClosesIdleTlsConnections) {
  Client https = client();
  ASSERT_TRUE(https.request("GET", "/").has_value());
  const auto begin = std::chrono::steady_clock::now();
  server.server->drain(std::chrono::seconds(10));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(https.request("GET", "/").error().code(), ErrorCode::kUnavailable);
}

TEST_F(TlsTest, MissingFilesAreErrors) {
  ServerOptions options = make_options(certificate);
  options.certificate_file = "/nonexistent";
  EXPECT_THAT(Server::start(options, server.handler).error().message(), HasSubstr("/nonexistent"));
  const TestCertificate other;
  options = make_options(certificate);
  options.private_key_file = other.key();
  EXPECT_EQ(Server::start(options, server.handler).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace dermaga::http
