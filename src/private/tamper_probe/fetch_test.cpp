#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "authority/authority.h"
#include "files/files.h"
#include "http/server.h"
#include "probe.h"

namespace dermaga::tamper_probe {
namespace {

// Answers with the request's headers, one a line.
class Echo final : public http::Handler {
 public:
  void handle(const http::Request& request, http::Responder responder) override {
    std::string body(request.path);
    for (const auto& [name, value] : request.headers) {
      body += "\n" + std::string(name) + ": " + std::string(value);
    }
    std::move(responder).send(http::Response{.status = 200, .body = std::move(body)});
  }
};

class FetchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "fetch_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    for (const std::string name : {"own", "other"}) {
      ASSERT_TRUE(files::make_directories(root_ + "/" + name, 0700).has_value());
      const auto authority =
          authority::Authority::open_or_create(root_ + "/" + name, "toko", system_clock()).value();
      authority::Authority::Leaf leaf;
      leaf.common_name = "localhost";
      leaf.dns_names = {"localhost"};
      leaf.server = true;
      ASSERT_TRUE(authority.ensure_leaf_files(root_ + "/" + name, "https", leaf).has_value());
    }
    server_ = http::Server::start({.listeners = {{.port = 0, .tls = true}},
                                   .certificate_file = root_ + "/own/https.crt",
                                   .private_key_file = root_ + "/own/https.key"},
                                  std::make_shared<Echo>())
                  .value();
    url_ = "https://localhost:" + std::to_string(server_->port(0));
  }
  void TearDown() override {
    ::unsetenv("SSL_CERT_FILE");
    server_.reset();
    std::filesystem::remove_all(root_);
  }

  std::string root_;
  std::string url_;
  std::unique_ptr<http::Server> server_;
};

TEST_F(FetchTest, AsksAsABrowserDoes) {
  const auto answer = fetch_from(url_, root_ + "/own/ca.crt")("/id/checkout", "text/html");
  ASSERT_TRUE(answer.has_value()) << answer.error().message();
  EXPECT_TRUE(answer->body.starts_with("/id/checkout\n"));
  for (const char* header : {"User-Agent: Mozilla/5.0", "Accept: text/html",
                             "Accept-Language: ", "Accept-Encoding: gzip, deflate, br, zstd"}) {
    EXPECT_TRUE(answer->body.contains(header)) << header;
  }
  EXPECT_FALSE(answer->body.contains("ermaga"));
}

TEST_F(FetchTest, TrustsTheShopsAuthorityAndWhatTheMachineTrusts) {
  const Fetch fetch = fetch_from(url_, root_ + "/other/ca.crt");
  EXPECT_EQ(fetch("/", "*/*").error().code(), ErrorCode::kUnavailable);
  ::setenv("SSL_CERT_FILE", (root_ + "/own/ca.crt").c_str(), 1);
  EXPECT_TRUE(fetch("/", "*/*").has_value());
}

TEST_F(FetchTest, NobodyThereIsUnavailable) {
  server_->drain(std::chrono::milliseconds(0));
  server_.reset();
  EXPECT_EQ(fetch_from(url_, root_ + "/own/ca.crt")("/", "*/*").error().code(),
            ErrorCode::kUnavailable);
}

TEST_F(FetchTest, WithoutAnAuthorityNothingIsAsked) {
  EXPECT_EQ(fetch_from(url_, root_ + "/nothing/ca.crt")("/", "*/*").error().code(),
            ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace dermaga::tamper_probe
