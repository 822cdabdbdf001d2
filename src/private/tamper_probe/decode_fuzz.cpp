#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "decode.h"

// The first byte picks the coding. Whatever the rest is: an error, or no more bytes than allowed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kCodings[] = {"", "gzip", "br", "zstd"};
  constexpr std::size_t kBytesMax = std::size_t{256} * 1024;
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto decoded =
      dermaga::tamper_probe::decode_content(kCodings[data[0] % 4], bytes, kBytesMax);
  if (decoded.has_value() && decoded->size() > kBytesMax) {
    std::abort();
  }
  return 0;
}
