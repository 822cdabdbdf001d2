#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/message.h"

namespace dermaga::http {

struct ParseLimits {
  std::size_t header_bytes_max;
  std::size_t body_bytes_max;
};

// Why a request was refused; the connection answers it and closes.
struct ParseRefusal {
  int status;
  std::string_view code;
  std::string_view title;
  std::string_view detail;
};

// Frames and parses one HTTP/1.1 request (RFC 9112), strictly; a function of bytes only. Beast's
// basic_parser reads header fields and chunks; what it forgives (repeated Content-Length,
// obs-fold, unknown codings …) is refused here. Not thread-safe; reset() before each request.
class RequestParser {
 public:
  enum class State {
    kNeedMore,  // call advance() again with the same bytes and more behind them
    kComplete,  // request() and size() hold
    kRefused,   // refusal() holds
  };

  explicit RequestParser(ParseLimits limits);
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;
  ~RequestParser();

  void reset();

  // `bytes` begins with the request's first byte at every call; it may move between calls.
  State advance(std::string_view bytes);

  // True once the head was read and the body is not complete.
  bool in_body() const;
  // The head asked for "100 Continue" and waits for it.
  bool expects_continue() const;
  // HTTP/1.0, or "Connection: close": the answer must be the last.
  bool must_close() const;
  // How many bytes advance() needs to get on, as far as is known (at least one more).
  std::size_t bytes_wanted() const;

  // Valid until reset(); its views point into the bytes of the last advance() and into the parser.
  Request& request();
  // How many of the bytes belong to this request.
  std::size_t size() const;
  const ParseRefusal& refusal() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::http
