#include "json/writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "encoding/encoding.h"
#include "result/result.h"

namespace dermaga::json {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// The two-character escape of a byte, or 0 where it has none.
char short_escape(char byte) {
  switch (byte) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (static_cast<unsigned char>(byte) >= 0x20 && byte != '"' && byte != '\\') {
      continue;
    }
    out.append(text, plain_from, i - plain_from);
    plain_from = i + 1;
    if (const char escape = short_escape(byte); escape != 0) {
      out += '\\';
      out += escape;
    } else {
      out += "\\u00";
      out += kHexDigits[static_cast<unsigned char>(byte) >> 4U];
      out += kHexDigits[static_cast<unsigned char>(byte) & 15U];
    }
  }
  out.append(text, plain_from);
}

// Number::toString of ECMAScript (ECMA-262 §6.1.6.1.20), given the shortest digits d…d and the
// position n of the point: value = 0.d…d × 10^n.
void append_ecmascript(std::string& out, std::string_view digits, int n) {
  const int k = static_cast<int>(digits.size());
  if (k <= n && n <= 21) {
    out += digits;
    out.append(static_cast<std::size_t>(n - k), '0');
  } else if (0 < n && n <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(n));
    out += '.';
    out += digits.substr(static_cast<std::size_t>(n));
  } else if (-6 < n && n <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-n), '0');
    out += digits;
  } else {
    out += digits.substr(0, 1);
    if (k > 1) {
      out += '.';
      out += digits.substr(1);
    }
    out += n > 0 ? "e+" : "e-";
    out += std::to_string(std::abs(n - 1));
  }
}

}  // namespace

void Writer::separate() {
  if (needs_comma_) {
    out_ += ',';
  }
  needs_comma_ = true;
}

void Writer::object() {
  separate();
  out_ += '{';
  needs_comma_ = false;
}

void Writer::end_object() {
  out_ += '}';
  needs_comma_ = true;
}

void Writer::array() {
  separate();
  out_ += '[';
  needs_comma_ = false;
}

void Writer::end_array() {
  out_ += ']';
  needs_comma_ = true;
}

void Writer::key(std::string_view name) {
  string(name);
  out_ += ':';
  needs_comma_ = false;
}

void Writer::string(std::string_view value) {
  CHECK(encoding::is_utf8(value));
  separate();
  out_ += '"';
  append_escaped(out_, value);
  out_ += '"';
}

void Writer::integer(std::int64_t value) {
  separate();
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), end.ptr);
}

void Writer::number(double value) {
  CHECK(std::isfinite(value));
  separate();
  if (value == 0) {
    out_ += '0';
    return;
  }
  if (value < 0) {
    out_ += '-';
  }
  // "d.ddde±xx": the shortest digits that read back as the same double.
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(value),
                                 std::chars_format::scientific);
  const std::string_view scientific(text.data(), end.ptr);
  const std::size_t e = scientific.find('e');
  std::string digits(scientific.substr(0, 1));
  if (e > 2) {
    digits += scientific.substr(2, e - 2);
  }
  const std::string exponent(scientific.substr(e + 1));
  append_ecmascript(out_, digits, std::atoi(exponent.c_str()) + 1);
}

void Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

void Writer::null() {
  separate();
  out_ += "null";
}

void Writer::raw(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace dermaga::json
