#include "encoding/encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dermaga::encoding {

namespace {

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32Lower = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kHex = "0123456789abcdef";

constexpr std::array<std::int8_t, 256> make_reverse(std::string_view alphabet) {
  std::array<std::int8_t, 256> reverse{};
  reverse.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    reverse[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return reverse;
}

constexpr auto kBase64UrlReverse = make_reverse(kBase64Url);

// Encodes whole groups of kBits bits, most significant first, no padding.
template <unsigned kBits>
std::string encode_bits(std::string_view bytes, std::string_view alphabet) {
  std::string text((bytes.size() * 8 + kBits - 1) / kBits, '\0');
  char* out = text.data();
  std::uint32_t buffer = 0;
  unsigned buffered_bits = 0;
  constexpr std::uint32_t kMask = (1u << kBits) - 1;
  for (const char byte : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(byte);
    buffered_bits += 8;
    while (buffered_bits >= kBits) {
      buffered_bits -= kBits;
      *out++ = alphabet[(buffer >> buffered_bits) & kMask];
    }
  }
  if (buffered_bits > 0) {
    *out = alphabet[(buffer << (kBits - buffered_bits)) & kMask];
  }
  return text;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string base64url(std::string_view bytes) {
  return encode_bits<6>(bytes, kBase64Url);
}

Result<std::string> base64url_decode(std::string_view text) {
  if (text.size() % 4 == 1) {
    return make_error(ErrorCode::kInvalidArgument, "base64url text has an impossible length");
  }
  std::string bytes(text.size() * 3 / 4, '\0');
  char* out = bytes.data();
  const auto foreign = [] {
    return make_error(ErrorCode::kInvalidArgument, "base64url text has a foreign character");
  };
  // Whole groups of four characters first: a sealed order is long.
  for (; text.size() >= 4; text.remove_prefix(4)) {
    std::uint32_t group = 0;
    std::int32_t signs = 0;  // negative when one of the four is foreign
    for (std::size_t i = 0; i < 4; ++i) {
      const std::int32_t value = kBase64UrlReverse[static_cast<unsigned char>(text[i])];
      signs |= value;
      group = (group << 6) | (static_cast<std::uint32_t>(value) & 0x3f);
    }
    if (signs < 0) {
      return foreign();
    }
    *out++ = static_cast<char>((group >> 16) & 0xff);
    *out++ = static_cast<char>((group >> 8) & 0xff);
    *out++ = static_cast<char>(group & 0xff);
  }
  std::uint32_t buffer = 0;
  unsigned buffered_bits = 0;
  for (const char c : text) {
    const int value = kBase64UrlReverse[static_cast<unsigned char>(c)];
    if (value < 0) {
      return foreign();
    }
    buffer = (buffer << 6) | static_cast<std::uint32_t>(value);
    buffered_bits += 6;
    if (buffered_bits >= 8) {
      buffered_bits -= 8;
      *out++ = static_cast<char>((buffer >> buffered_bits) & 0xff);
    }
  }
  if ((buffer & ((1u << buffered_bits) - 1)) != 0) {
    return make_error(ErrorCode::kInvalidArgument, "base64url text has set trailing bits");
  }
  return bytes;
}

std::string base64(std::string_view bytes) {
  std::string text = base64url(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

Result<std::string> base64_decode(std::string_view text) {
  const std::size_t digits = text.find_last_not_of('=') + 1;  // 0 where there is none
  if (text.size() % 4 != 0 || text.size() - digits > 2 ||
      text.find_first_of("-_") != std::string_view::npos) {
    return make_error(ErrorCode::kInvalidArgument, "the text is not base64 with its padding");
  }
  std::string url(text.substr(0, digits));
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  return base64url_decode(url);
}

std::string base32_lower(std::string_view bytes) {
  return encode_bits<5>(bytes, kBase32Lower);
}

std::string hex(std::string_view bytes) {
  return encode_bits<4>(bytes, kHex);
}

Result<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return make_error(ErrorCode::kInvalidArgument, "hexadecimal text has an odd length");
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) {
      return make_error(ErrorCode::kInvalidArgument, "hexadecimal text has a foreign character");
    }
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return make_error(ErrorCode::kInvalidArgument, "broken percent escape");
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') {
      return make_error(ErrorCode::kInvalidArgument, "NUL in text");
    }
    decoded.push_back(c);
  }
  if (!is_utf8(decoded)) {
    return make_error(ErrorCode::kInvalidArgument, "text is not UTF-8");
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded.push_back('%');
      encoded.push_back("0123456789ABCDEF"[byte >> 4]);
      encoded.push_back("0123456789ABCDEF"[byte & 15]);
    }
  }
  return encoded;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (length == 0 || lead > 0xf4 || i + length > text.size()) {
      return false;
    }
    std::uint32_t code_point = lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xc0) != 0x80) {
        return false;
      }
      code_point = (code_point << 6) | (byte & 0x3f);
    }
    const bool overlong =
        (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (overlong || surrogate || code_point > 0x10ffff) {
      return false;
    }
    i += length;
  }
  return true;
}

std::string html_escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped.push_back(c);
    }
  }
  return escaped;
}

std::string slug(std::string_view text) {
  std::string handle;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) {
      handle.push_back(lower);
    } else if (!handle.empty() && handle.back() != '-') {
      handle.push_back('-');
    }
  }
  if (!handle.empty() && handle.back() == '-') {
    handle.pop_back();
  }
  return handle;
}

}  // namespace dermaga::encoding
