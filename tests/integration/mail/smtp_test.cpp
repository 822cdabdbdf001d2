#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "authority/authority.h"
#include "files/files.h"
#include "mail/mail.h"
#include "mail/outgoing.h"
#include "metrics/metrics.h"
#include "smtp_process.h"

namespace dermaga::mail_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

// Listens and says nothing.
class SilentServer {
 public:
  SilentServer() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(descriptor_, any, size), 0);
    EXPECT_EQ(::listen(descriptor_, 8), 0);
    EXPECT_EQ(::getsockname(descriptor_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { ::close(descriptor_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  int port() const { return port_; }

 private:
  int descriptor_;
  int port_ = 0;
};

class SmtpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "smtp_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    for (const char* name : {"/data", "/inbox", "/pki", "/other-pki"}) {
      ASSERT_TRUE(files::make_directories(root_ + name, 0700).has_value());
    }
    make_certificate("pki", "server", "localhost");
    make_certificate("pki", "elsewhere", "elsewhere.example");
    make_certificate("other-pki", "foreign", "localhost");
    keep_password("right password");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void make_certificate(const std::string& pki, const std::string& name, const std::string& host) {
    const std::string folder = root_ + "/" + pki;
    const auto authority =
        authority::Authority::open_or_create(folder, "toko", system_clock()).value();
    authority::Authority::Leaf leaf;
    leaf.common_name = host;
    leaf.dns_names = {host};
    leaf.server = true;
    ASSERT_TRUE(authority.ensure_leaf_files(folder, name, leaf).has_value());
  }
  void keep_password(const std::string& password) {
    ASSERT_TRUE(
        files::write_file_atomically(root_ + "/password", password + "\n", 0600).has_value());
  }

  SmtpProcessOptions server(const std::string& mode, const std::string& certificate = "pki/server",
                            int port = 0) {
    return {.mode = mode,
            .certificate = root_ + "/" + certificate,
            .folder = root_ + "/inbox",
            .port = port};
  }
  mail::SmtpOptions options(const std::string& scheme, int port) {
    return {.url = scheme + "://localhost:" + std::to_string(port),
            .user = "toko",
            .password = {.path = root_ + "/password",
                         .apart_from = root_ + "/data",
                         .what = "the password of the mail server"},
            .ca_file = root_ + "/pki/ca.crt",
            .from = {.address = "shop@toko.example", .name = "Toko Élite"},
            .clock = system_clock(),
            .random = system_random()};
  }
  static mail::Message message(const std::string& to = "sari@example.org") {
    return {.to = vault::EmailAddress(to),
            .subject = "Selamat datang – kodenya di sini",
            .text = vault::SecretText("Halo Sari,\n\n.kode: 123456\nFrom us\n")};
  }
  Status send(const std::string& scheme, int port, const std::string& to = "sari@example.org") {
    return mail::make_smtp(options(scheme, port)).value()->send(message(to));
  }
  std::string mail(int number) const {
    std::ifstream in(root_ + "/inbox/" + std::to_string(number) + ".txt");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string root_;
};

constexpr const char* kAsSent =
    "ehlo=toko.example\nlogin=toko\nsender=shop@toko.example\nrecipients=sari@example.org\n"
    "from=Toko Élite <shop@toko.example>\nto=sari@example.org\n"
    "subject=Selamat datang – kodenya di sini\ndefects=0\n\n"
    "Halo Sari,\n\n.kode: 123456\nFrom us\n";

TEST_F(SmtpTest, SendsOverStarttlsWithAuthentication) {
  const SmtpProcess process(server("starttls"));
  ASSERT_GT(process.port(), 0) << "is python3-aiosmtpd installed?";
  const Status sent = send("smtp", process.port());
  ASSERT_TRUE(sent.has_value()) << sent.error().message();
  EXPECT_EQ(mail(1), kAsSent);
}

TEST_F(SmtpTest, SendsOverTlsFromTheFirstByte) {
  const SmtpProcess process(server("tls"));
  ASSERT_GT(process.port(), 0);
  const Status sent = send("smtps", process.port());
  ASSERT_TRUE(sent.has_value()) << sent.error().message();
  EXPECT_EQ(mail(1), kAsSent);
}

TEST_F(SmtpTest, AServerWithoutTlsGetsNothing) {
  const SmtpProcess process(server("plain"));
  ASSERT_GT(process.port(), 0);
  EXPECT_EQ(send("smtp", process.port()).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(mail(1), "");
}

TEST_F(SmtpTest, AWrongCertificateIsRefused) {
  for (const std::string certificate : {"other-pki/foreign", "pki/elsewhere"}) {
    for (const auto& [mode, scheme] : {std::pair("starttls", "smtp"), std::pair("tls", "smtps")}) {
      const SmtpProcess process(server(mode, certificate));
      ASSERT_GT(process.port(), 0);
      EXPECT_EQ(send(scheme, process.port()).error().code(), ErrorCode::kForbidden)
          << certificate << " " << mode;
    }
  }
  // Without a ca_file the machine's own list counts, which has none of ours.
  const SmtpProcess process(server("starttls"));
  auto system = options("smtp", process.port());
  system.ca_file.clear();
  EXPECT_EQ(mail::make_smtp(std::move(system)).value()->send(message()).error().code(),
            ErrorCode::kForbidden);
  EXPECT_EQ(mail(1), "");
}

TEST_F(SmtpTest, AWrongPasswordIsNotAboutTheMail) {
  const SmtpProcess process(server("starttls"));
  ASSERT_GT(process.port(), 0);
  keep_password("wrong password");
  const auto transport = mail::make_smtp(options("smtp", process.port())).value();
  EXPECT_EQ(transport->send(message()).error().code(), ErrorCode::kUnauthenticated);
  keep_password("right password");  // read anew for each mail
  EXPECT_TRUE(transport->send(message()).has_value());
  auto nameless = options("smtp", process.port());
  nameless.user.clear();
  EXPECT_EQ(mail::make_smtp(std::move(nameless)).value()->send(message()).error().code(),
            ErrorCode::kUnauthenticated);
}

TEST_F(SmtpTest, ThePasswordFileIsNobodyElses) {
  std::filesystem::permissions(root_ + "/password", std::filesystem::perms(0644));
  EXPECT_EQ(mail::make_smtp(options("smtp", 1)).error().code(), ErrorCode::kForbidden);
}

TEST_F(SmtpTest, RefusalsForGoodAndForNow) {
  const SmtpProcess process(server("starttls"));
  ASSERT_GT(process.port(), 0);
  const Status refused = send("smtp", process.port(), "nobody@example.org");
  EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message(), HasSubstr("550"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("nobody")));
  EXPECT_EQ(send("smtp", process.port(), "later@example.org").error().code(),
            ErrorCode::kUnavailable);
  EXPECT_TRUE(send("smtp", process.port(), "later@example.org").has_value());
}

TEST_F(SmtpTest, ASilentServerTakesItsTimeOnly) {
  const SilentServer silent;
  auto hasty = options("smtp", silent.port());
  hasty.timeout = 300ms;
  EXPECT_EQ(mail::make_smtp(std::move(hasty)).value()->send(message()).error().code(),
            ErrorCode::kTimeout);
}

TEST_F(SmtpTest, StoppedWhileAServerIsSilent) {
  const SilentServer silent;
  const auto began = std::chrono::steady_clock::now();
  {
    mail::Outgoing outgoing(mail::make_smtp(options("smtp", silent.port())).value());
    ASSERT_TRUE(outgoing.post(message()).has_value());
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);  // its own time-out is 30
}

TEST_F(SmtpTest, AServerThatIsDownIsTriedAgain) {
  int port = 0;
  {
    const SmtpProcess process(server("starttls"));
    port = process.port();
    ASSERT_GT(port, 0);
  }
  metrics::Registry registry;
  mail::Outgoing outgoing(
      mail::make_smtp(options("smtp", port)).value(),
      {.tries_max = 100, .first_wait = 50ms, .wait_max = 200ms, .registry = &registry});
  ASSERT_TRUE(outgoing.post(message()).has_value());
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (registry.exposition().contains("{outcome=\"retried\"} 0") &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
  }
  ASSERT_THAT(registry.exposition(), Not(HasSubstr("{outcome=\"retried\"} 0")));
  const SmtpProcess process(server("starttls", "pki/server", port));
  ASSERT_EQ(process.port(), port);
  ASSERT_TRUE(outgoing.wait_until_sent(60s));
  EXPECT_EQ(mail(1), kAsSent);
  EXPECT_THAT(registry.exposition(), HasSubstr("dermaga_core_mails_total{outcome=\"sent\"} 1"));
}

}  // namespace
}  // namespace dermaga::mail_test
