#include "layout.h"

#include <algorithm>
#include <charconv>

#include "frame.h"

namespace dermaga::spool_log {

namespace {

constexpr std::string_view kPrefix = "orders-";
constexpr std::string_view kSuffix = ".log";
constexpr std::size_t kDigits = 16;
constexpr std::string_view kDeliveredMagic = "dermaga spool delivered 1 ";

std::string hex_of(std::uint64_t number, std::size_t digits) {
  std::string text(digits, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4) {
    *digit = "0123456789abcdef"[number & 15];
  }
  return text;
}

std::optional<std::uint64_t> number_of(std::string_view text, int base) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::string segment_name(std::uint64_t first_sequence) {
  return std::string(kPrefix) + hex_of(first_sequence, kDigits) + std::string(kSuffix);
}

std::optional<std::uint64_t> segment_of(std::string_view name) {
  if (name.size() != kPrefix.size() + kDigits + kSuffix.size() || !name.starts_with(kPrefix) ||
      !name.ends_with(kSuffix)) {
    return std::nullopt;
  }
  return number_of(name.substr(kPrefix.size(), kDigits), 16);
}

bool is_log_id(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string encode_delivered(const Delivered& delivered) {
  std::string text = std::string(kDeliveredMagic) + delivered.log_id + " " +
                     std::to_string(delivered.sequence) + " ";
  return text + hex_of(crc32c(text), 8) + "\n";
}

std::optional<Delivered> read_delivered(std::string_view bytes) {
  if (!bytes.starts_with(kDeliveredMagic) || bytes.size() < kDeliveredMagic.size() + 44) {
    return std::nullopt;
  }
  const std::string_view checked = bytes.substr(0, bytes.size() - 9);
  if (bytes.substr(checked.size()) != hex_of(crc32c(checked), 8) + "\n") {
    return std::nullopt;
  }
  const std::string_view id = checked.substr(kDeliveredMagic.size(), 32);
  const auto number = checked.substr(kDeliveredMagic.size() + 33);
  const auto sequence = number_of(number.substr(0, number.size() - 1), 10);
  if (!is_log_id(id) || !sequence.has_value()) {
    return std::nullopt;
  }
  return Delivered{.log_id = std::string(id), .sequence = *sequence};
}

}  // namespace dermaga::spool_log
