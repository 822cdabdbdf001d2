#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "http/message.h"
#include "result/result.h"

namespace dermaga::http {

struct ClientOptions {
  std::string base_url;                       // "https://localhost:8443" or "http://127.0.0.1:8440"
  std::string ca_file;                        // PEM; empty: what this machine trusts
  std::chrono::milliseconds timeout{10'000};  // connect, and each request as a whole
  std::size_t body_bytes_max = 16 * 1024 * 1024;
};

struct ClientResponse {
  int status = 0;
  std::vector<Header> headers;
  std::string body;
  std::string header(std::string_view name) const;
};

// One keep-alive connection, used by one thread at a time; connects on first use and again after
// the peer closed. A request that fails after its first byte was sent is not repeated (kTimeout or
// kUnavailable: the outcome is unknown).
class Client {
 public:
  explicit Client(ClientOptions options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  Result<ClientResponse> request(std::string_view method, std::string_view target,
                                 const std::vector<Header>& headers = {},
                                 std::string_view body = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::http
