#pragma once

#include <chrono>
#include <string>

#include "result/result.h"
#include "stream.h"

namespace dermaga::http {

using Deadline = std::chrono::steady_clock::time_point;

// A connected non-blocking TCP socket that closes itself.
class ClientSocket {
 public:
  // Tries every address of `host` until the deadline. kUnavailable or kTimeout; nothing was sent.
  static Result<ClientSocket> connect(const std::string& host, const std::string& port,
                                      Deadline deadline);
  ClientSocket(ClientSocket&& other) noexcept;
  ClientSocket& operator=(ClientSocket&& other) noexcept;
  ~ClientSocket();

  int descriptor() const { return descriptor_; }
  // False when the deadline came first.
  bool wait(IoStatus wanted, Deadline deadline) const;

 private:
  explicit ClientSocket(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace dermaga::http
