#include "uuid/uuid.h"

#include <cstddef>
#include <cstdint>

#include "encoding/encoding.h"

namespace dermaga {
namespace {

constexpr std::size_t kBytes = 16;
constexpr std::size_t kTimeBytes = 6;
constexpr std::size_t kTextSize = 36;
constexpr std::size_t kVersionAt = 14;
constexpr std::size_t kVariantAt = 19;

bool is_dash_at(std::size_t index) {
  return index == 8 || index == 13 || index == 18 || index == 23;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string make_uuid7(UtcTime now, Random& random) {
  std::string bytes = random.bytes(kBytes);
  const auto unix_ms = static_cast<std::uint64_t>(to_unix_ms(now));
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    bytes[i] = static_cast<char>(unix_ms >> (8 * (kTimeBytes - 1 - i)));
  }
  bytes[6] = static_cast<char>(0x70 | (bytes[6] & 0x0f));
  bytes[8] = static_cast<char>(0x80 | (bytes[8] & 0x3f));
  std::string text = encoding::hex(bytes);
  for (const std::size_t dash :
       {std::size_t{8}, std::size_t{13}, std::size_t{18}, std::size_t{23}}) {
    text.insert(dash, 1, '-');
  }
  return text;
}

std::optional<UtcTime> time_of_uuid7(std::string_view text) {
  if (text.size() != kTextSize || text[kVersionAt] != '7' ||
      std::string_view("89ab").find(text[kVariantAt]) == std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t unix_ms = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (is_dash_at(i)) {
      if (text[i] != '-') {
        return std::nullopt;
      }
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) {
      return std::nullopt;
    }
    if (digits++ < 2 * kTimeBytes) {
      unix_ms = unix_ms * 16 + value;
    }
  }
  return from_unix_ms(unix_ms);
}

}  // namespace dermaga
