#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "result/result.h"

namespace dermaga::webauthn {

// Takes CBOR (RFC 8949) off the front of bytes, item by item. Definite lengths only, as CTAP2 has
// it; no length reaches past the end, so that whoever parses after skip() may trust them. Every
// error is kInvalidArgument. Views point into the bytes.
class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : rest_(bytes) {}

  Result<std::size_t> map();  // how many pairs follow
  Result<std::string_view> text();
  Result<std::string_view> bytes();
  Result<std::int64_t> integer();
  // One item with all that it holds; nested at most kDepthMax.
  Status skip();

  std::string_view rest() const { return rest_; }

 private:
  struct Head {
    unsigned major;
    std::uint64_t value;
  };
  static constexpr int kDepthMax = 8;

  Result<Head> head();
  Result<std::string_view> string(unsigned major);
  Result<std::string_view> take(std::uint64_t size);
  Status skip(int depth);

  std::string_view rest_;
};

}  // namespace dermaga::webauthn
