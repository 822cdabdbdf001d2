// The program dermaga-spool: who may put orders on its disk.
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "files/files.h"
#include "fixture.h"
#include "raw_client.h"
#include "wire/messages.h"

extern char** environ;

namespace dermaga::link_test {
namespace {

constexpr const char* kAppend = "/dermaga.link.v1.Spool/Append";
constexpr int kLinkOffset = 6;  // of spool 1

// One real spool with certificates of this test's authority, and a folder that goes away.
class SpoolProgram : public LinkTest {
 protected:
  void SetUp() override {
    data_ = certificates.path("spool-data");
    const std::string own = certificates.issue(
        "spool-server", {.role_uri = "dermaga://toko/public/spool", .server = true});
    ASSERT_TRUE(files::make_directories(data_ + "/pki", 0700).has_value());
    const auto options = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(certificates.ca_file(), data_ + "/pki/ca.crt", options);
    std::filesystem::copy_file(own + ".crt", data_ + "/pki/spool.crt", options);
    std::filesystem::copy_file(own + ".key", data_ + "/pki/spool.key", options);
    start();
  }

  void TearDown() override { end(SIGTERM); }

  void start() {
    for (int tried = 0; tried < 20 && pid_ == 0; ++tried) {
      port_base_ = 20'000 + (getpid() * 40 + tried * 400) % 12'000;
      spawn();
    }
    ASSERT_NE(pid_, 0) << "dermaga-spool did not start:\n" << said();
  }

  void end(int signal) {
    if (pid_ != 0) {
      kill(pid_, signal);
      waitpid(pid_, nullptr, 0);
      pid_ = 0;
    }
  }

  // A client with this certificate; `bytes` to a method, what became of it.
  grpc::Status call(const std::string& certificate, const std::string& method,
                    const std::string& bytes) const {
    return RawClient(link_port(), certificates.ca_file(), certificate)
        .call(method, bytes, seconds(5));
  }
  TlsResult attempt(const std::string& certificate, int version = TLS1_3_VERSION) const {
    return try_tls({.port = link_port(),
                    .ca_file = certificates.ca_file(),
                    .certificate = certificate,
                    .version_min = version,
                    .version_max = version});
  }

  // Whether this order is anywhere on the spool's disk.
  bool is_stored(const OrderId& id) const {
    for (const auto& file : std::filesystem::recursive_directory_iterator(data_ + "/orders")) {
      std::ostringstream bytes;
      bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
      if (bytes.str().find(id.str()) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  int link_port() const { return port_base_ + kLinkOffset; }

 private:
  std::string said() const {
    std::ostringstream text;
    text << std::ifstream(certificates.path("spool.out")).rdbuf();
    return text.str();
  }

  bool listens() const {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(link_port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool connected =
        connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(descriptor);
    return connected;
  }

  // pid_ stays 0 where it ended at once: another program has one of its ports.
  void spawn() {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const std::string log = certificates.path("spool.out");
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    std::string arguments[] = {
        DERMAGA_SPOOL, "serve", "--data", data_, "--port-base", std::to_string(port_base_),
        "--number",    "1"};
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    ASSERT_EQ(posix_spawn(&pid_, DERMAGA_SPOOL, &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    for (int i = 0; i < 600; ++i) {
      if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = 0;
        return;
      }
      // Not whoever else has the port.
      if (listens() && attempt(certificates.path("edge")).accepted) {
        return;
      }
      std::this_thread::sleep_for(milliseconds(50));
    }
  }

  std::string data_;
  int port_base_ = 0;
  pid_t pid_ = 0;
};

std::string append(const contract::PlaceOrder& order) {
  return wire::encode(wire::SpoolAppend{{contract::SpoolOrder{.order = order}}});
}

TEST_F(SpoolProgram, OnlyAnEdgePutsAnOrderOnItsDisk) {
  const auto order = make_order(1);
  for (const char* role : {"public/spool", "public/probe", "public/recommender", "private/core",
                           "private/catalog", "operator/owner"}) {
    const auto status = call(certificates.issue_role(role), kAppend, append(order));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED)
        << role << ": " << status.error_message();
  }
  const std::string others[] = {
      certificates.issue("roleless", {}),
      certificates.issue("stranger", {.role_uri = "dermaga://other/public/edge"}),
  };
  for (const std::string& certificate : others) {
    EXPECT_EQ(call(certificate, kAppend, append(order)).error_code(),
              grpc::StatusCode::PERMISSION_DENIED)
        << certificate;
  }
  EXPECT_FALSE(is_stored(order.id));
  // The same bytes from an edge are taken: what was refused was the caller.
  const auto taken = call(certificates.path("edge"), kAppend, append(order));
  EXPECT_TRUE(taken.ok()) << taken.error_message();
  EXPECT_TRUE(is_stored(order.id));
}

TEST_F(SpoolProgram, WhoIsNotOfThisShopDoesNotGetIn) {
  ManualClock long_ago(system_clock().now() - std::chrono::hours(24 * 20));
  ManualClock later(system_clock().now() + std::chrono::hours(24));
  const std::string role = "dermaga://toko/public/edge";
  const struct {
    const char* name;
    std::string certificate;
  } cases[] = {
      {"no certificate", ""},
      {"another CA of the same name",
       certificates.issue("foreign", {.role_uri = role, .foreign = true})},
      {"expired", certificates.issue("old", {.role_uri = role, .clock = &long_ago})},
      {"not valid yet", certificates.issue("early", {.role_uri = role, .clock = &later})},
      {"for servers only",
       certificates.issue("server", {.role_uri = role, .server = true, .client = false})},
  };
  const auto order = make_order(1);
  for (const auto& one : cases) {
    EXPECT_FALSE(attempt(one.certificate).accepted) << one.name;
    if (!one.certificate.empty()) {
      EXPECT_FALSE(call(one.certificate, kAppend, append(order)).ok()) << one.name;
    }
  }
  const TlsResult older = attempt(certificates.path("edge"), TLS1_2_VERSION);
  EXPECT_FALSE(older.accepted);
  EXPECT_EQ(older.version, 0) << "the handshake must fail, not the call";
  EXPECT_FALSE(is_stored(order.id));
  EXPECT_TRUE(attempt(certificates.path("edge")).accepted) << "the spool goes on";
}

// Not even the program's own certificate opens its own door, nor does an edge find there what core
// answers to.
TEST_F(SpoolProgram, AnEdgeMayAppendAndLookAndNothingElse) {
  const std::string edge = certificates.path("edge");
  const std::string prefix = "/dermaga.link.v1.";
  std::vector<std::string> methods = wire::method_names();
  methods.push_back(prefix + "Spool/Delete");
  for (const std::string& method : methods) {
    if (method == kAppend || method == prefix + "Spool/View") {
      // What this role may call is judged by its contents.
      EXPECT_EQ(call(edge, method, "\xff\xff\xff\xff").error_code(),
                grpc::StatusCode::INVALID_ARGUMENT)
          << method;
      continue;
    }
    const auto status = call(edge, method, "");
    EXPECT_TRUE(status.error_code() == grpc::StatusCode::PERMISSION_DENIED ||
                status.error_code() == grpc::StatusCode::UNIMPLEMENTED)
        << method << ": " << status.error_code() << " " << status.error_message();
  }
  const auto look = wire::encode(wire::SpoolView{make_order(1).id});
  EXPECT_EQ(call(certificates.issue_role("public/probe"), prefix + "Spool/View", look).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace dermaga::link_test
