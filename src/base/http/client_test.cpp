#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_server.h"

namespace dermaga::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// Answers each connection with fixed bytes after the first bytes of a request; closes if asked.
class FixedPeer {
 public:
  FixedPeer(std::string bytes, bool close) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    ::listen(listener_, 8);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, bytes = std::move(bytes), close] {
      while (true) {
        const int peer = ::accept(listener_, nullptr, nullptr);
        if (peer < 0) {
          return;
        }
        char block[4096];
        while (::recv(peer, block, sizeof(block), 0) > 0) {
          ::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
          if (close) {
            break;
          }
        }
        ::close(peer);
      }
    });
  }
  ~FixedPeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  Client client(std::size_t body_bytes_max = 1000) const {
    return Client({.base_url = "http://127.0.0.1:" + std::to_string(port_),
                   .timeout = milliseconds(500),
                   .body_bytes_max = body_bytes_max});
  }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

TEST(Client, ReadsEveryFramingOfABody) {
  const struct {
    const char* bytes;
    bool close;
    const char* body;
  } rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false, "abc"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", false,
       "abc"},
      {"HTTP/1.1 200 OK\r\n\r\nabc", true, "abc"},
      {"HTTP/1.1 204 No Content\r\n\r\n", false, ""},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
       false, "abc"},
  };
  for (const auto& row : rows) {
    const FixedPeer peer(row.bytes, row.close);
    Client client = peer.client();
    for (int i = 0; i < 2; ++i) {
      const auto got = client.request("GET", "/");
      ASSERT_TRUE(got.has_value()) << row.bytes << got.error().message();
      EXPECT_EQ(got->body, row.body);
      EXPECT_EQ(got->header("A"), "") << "a header of an interim response";
    }
  }
}

TEST(Client, BadPeersAreErrors) {
  const struct {
    const char* bytes;
    bool close;
    ErrorCode code;
  } rows[] = {
      {"SSH-2.0-x\r\n", false, ErrorCode::kCorrupt},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", false,
       ErrorCode::kCorrupt},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", true, ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", true,
       ErrorCode::kUnavailable},
      {"HTTP/1.1 2", true, ErrorCode::kUnavailable},
      {"", true, ErrorCode::kUnavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", false, ErrorCode::kTimeout},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", false, ErrorCode::kInvalidArgument},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n", false,
       ErrorCode::kInvalidArgument},
  };
  for (const auto& row : rows) {
    const FixedPeer peer(row.bytes, row.close);
    const auto got = peer.client().request("GET", "/");
    ASSERT_FALSE(got.has_value()) << row.bytes;
    EXPECT_EQ(got.error().code(), row.code) << row.bytes << " " << got.error().message();
  }
}

TEST(Client, BadRequestsAreRefusedBeforeConnecting) {
  Client client({.base_url = "http://127.0.0.1:1"});
  for (const char* target : {"", "a", "/a b", "/\r\nX: y"}) {
    EXPECT_EQ(client.request("GET", target).error().code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(client.request("G T", "/").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(client.request("GET", "/", {{"X", "a\r\nb"}}).error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(client.request("GET", "/").error().code(), ErrorCode::kUnavailable);
  for (const char* url : {"ftp://a", "http://", "http://a/b", "http://u@a", "http://a:b", "a"}) {
    EXPECT_EQ(Client({.base_url = url}).request("GET", "/").error().code(),
              ErrorCode::kInvalidArgument)
        << url;
  }
}

TEST(Client, ConnectsAgainAfterThePeerClosed) {
  TestServer test({.idle_timeout = std::chrono::seconds(1)});
  Client client({.base_url = test.url()});
  ASSERT_TRUE(client.request("GET", "/").has_value());
  std::this_thread::sleep_for(milliseconds(1400));
  const auto got = client.request("GET", "/");
  ASSERT_TRUE(got.has_value()) << got.error().message();
  EXPECT_EQ(client.request("HEAD", "/a")->body, "");
  EXPECT_EQ(client.request("GET", "/a")->body, "/a|||");
}

TEST(Client, ReadsTheRefusalOfABodyTooLarge) {
  TestServer test;
  Client client({.base_url = test.url()});
  const auto got = client.request("POST", "/", {}, std::string(200'000, 'x'));
  ASSERT_TRUE(got.has_value()) << got.error().message();
  EXPECT_EQ(got->status, 413);
}

}  // namespace
}  // namespace dermaga::http
