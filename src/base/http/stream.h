#pragma once

#include <openssl/types.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace dermaga::http {

enum class IoStatus { kDone, kWantRead, kWantWrite, kClosed, kFailed };

struct IoResult {
  IoStatus status;
  std::size_t bytes = 0;
};

struct SslDeleter {
  void operator()(SSL* ssl) const;
};
using SslPointer = std::unique_ptr<SSL, SslDeleter>;

// Attempts of I/O on a non-blocking socket, with or without TLS; waiting is the caller's. OpenSSL
// works directly on the descriptor. Does not own the descriptor. Never raises SIGPIPE.
class Stream {
 public:
  using Parts = std::array<std::string_view, 3>;

  explicit Stream(int descriptor) : descriptor_(descriptor) {}
  // `ssl` is fresh from the context, its accept or connect side already chosen.
  Stream(int descriptor, SslPointer ssl);

  bool secure() const { return ssl_ != nullptr; }
  IoResult handshake();
  IoResult read(char* into, std::size_t bytes_max);
  // Sends from the front of `parts`: without TLS all in one system call, with TLS the first part
  // that is not empty. `bytes` of them are done.
  IoResult write(const Parts& parts);
  // Bytes were decrypted or received that readability of the socket will not announce.
  bool has_pending() const;
  // Says goodbye (close_notify, FIN); what still arrives can be discarded.
  void shutdown();
  // Reads raw bytes and throws them away.
  IoResult discard();

 private:
  IoResult explain(int result) const;

  int descriptor_;
  SslPointer ssl_;
};

}  // namespace dermaga::http
