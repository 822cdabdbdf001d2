#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/client.h"
#include "result/result.h"

namespace dermaga::http {

// Parses one response; interim (1xx) responses before it are skipped. A function of bytes only.
class ResponseParser {
 public:
  struct Options {
    bool to_head = false;  // the request was HEAD: no body follows
    std::size_t header_bytes_max = 64 * 1024;
    std::size_t body_bytes_max = 0;
  };

  explicit ResponseParser(Options options);
  ~ResponseParser();

  // Takes bytes from the front and says how many; call again with the rest and more.
  Result<std::size_t> feed(std::string_view bytes);
  // The peer closed: complete only where the body had no stated length.
  Status finish();

  bool complete() const;
  bool keep_alive() const;
  ClientResponse take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::http
