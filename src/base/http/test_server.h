#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/server.h"

// What the tests of server and client share: a handler with a path for each situation, raw
// sockets, and certificates made on the spot.
namespace dermaga::http {

class TestHandler final : public Handler {
 public:
  ~TestHandler() override {
    for (std::jthread& thread : threads_) {
      thread.join();
    }
  }

  void handle(const Request& request, Responder responder) override {
    ++calls;
    if (request.path == "/prepared") {
      std::move(responder).send(prepared_);
    } else if (request.path == "/drop") {
      return;
    } else if (request.path == "/silent") {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(responder));
    } else if (request.path == "/later") {
      const std::lock_guard lock(mutex_);
      threads_.emplace_back([r = std::move(responder), q = std::string(request.query)]() mutable {
        std::this_thread::sleep_for(std::chrono::milliseconds(q.empty() ? 20 : std::stoi(q)));
        std::move(r).send(Response{200, {}, "later"});
      });
    } else if (request.path == "/big") {
      std::move(responder).send(Response{200, {}, std::string(3'000'000, 'b')});
    } else if (request.path == "/split") {
      std::move(responder).send(Response{200, {{"X-Evil", "a\r\nSet-Cookie: b"}}, "x"});
    } else if (request.path == "/not-modified") {
      std::move(responder).send(Response{304, {{"ETag", "\"1\""}}, "ignored"});
    } else if (request.path == "/seen") {
      std::move(responder).send(Response{
          200, {}, std::string(request.peer_address) + (request.secure ? " tls" : " plain")});
    } else {
      Response echo{200, {{"Content-Type", "text/plain"}}, ""};
      echo.body.append(request.path).append("|").append(request.query).append("|");
      echo.body.append(request.header("x-test")).append("|").append(request.body);
      std::move(responder).send(std::move(echo));
    }
  }

  void answer_kept() {
    const std::lock_guard lock(mutex_);
    for (Responder& responder : kept_) {
      std::move(responder).send(Response{200, {}, "too late"});
    }
    kept_.clear();
  }

  std::atomic<int> calls = 0;

 private:
  std::shared_ptr<const PreparedResponse> prepared_ =
      prepare({200, {{"Content-Type", "text/plain"}, {"Date", "mine"}}, "prepared body"});
  std::mutex mutex_;
  std::vector<Responder> kept_;
  std::vector<std::jthread> threads_;
};

// A blocking socket with a patience of five seconds.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{5, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { ::close(descriptor_); }

  bool connected() const { return connected_; }
  void send(std::string_view bytes) {
    ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void finish_sending() { ::shutdown(descriptor_, SHUT_WR); }

  // Reads until `end` was seen, the peer closed or the patience ended.
  std::string read_until(std::string_view end) {
    std::string got;
    while (got.find(end) == std::string::npos && read_more(got)) {
    }
    return got;
  }
  std::string read_to_end() {
    std::string got;
    while (read_more(got)) {
    }
    return got;
  }
  bool saw_end() const { return saw_end_; }

 private:
  bool read_more(std::string& got) {
    char block[4096];
    const ssize_t n = ::recv(descriptor_, block, sizeof(block), 0);
    if (n > 0) {
      got.append(block, static_cast<std::size_t>(n));
    }
    saw_end_ = n == 0;
    return n > 0;
  }

  int descriptor_;
  bool connected_ = false;
  bool saw_end_ = false;
};

// A self-signed P-256 certificate for localhost and 127.0.0.1, which is its own CA.
class TestCertificate {
 public:
  TestCertificate() {
    std::string pattern = std::filesystem::temp_directory_path() / "http_test_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    renew();
  }
  ~TestCertificate() { std::filesystem::remove_all(folder_); }

  std::string certificate() const { return folder_ + "/certificate.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }

  void renew() {
    EVP_PKEY* pkey = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pkey);
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    X509_add_ext(x509, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(x509, pkey, EVP_sha256());
    write(certificate(), [&](FILE* file) { PEM_write_X509(file, x509); });
    write(key(), [&](FILE* file) {
      PEM_write_PrivateKey(file, pkey, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(x509);
    EVP_PKEY_free(pkey);
  }

 private:
  template <typename Writer>
  static void write(const std::string& path, Writer writer) {
    FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    writer(file);
    std::fclose(file);
  }

  std::string folder_;
  long serial_ = 0;
};

struct TestServer {
  explicit TestServer(ServerOptions options = {}) {
    if (options.listeners.empty()) {
      options.listeners.emplace_back();
    }
    auto started = Server::start(std::move(options), handler);
    EXPECT_TRUE(started.has_value()) << started.error().message();
    server = std::move(started).value();
  }
  std::uint16_t port() const { return server->port(0); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

  std::shared_ptr<TestHandler> handler = std::make_shared<TestHandler>();
  std::unique_ptr<Server> server;
};

}  // namespace dermaga::http
