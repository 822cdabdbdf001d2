#pragma once

#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::encoding {

// RFC 4648 §5, no padding. Decoding is strict: no padding, no white space, no set trailing bits.
std::string base64url(std::string_view bytes);
Result<std::string> base64url_decode(std::string_view text);

// RFC 4648 §4, with padding. Decoding is strict in the same way.
std::string base64(std::string_view bytes);
Result<std::string> base64_decode(std::string_view text);

// RFC 4648 §6, lower case, no padding.
std::string base32_lower(std::string_view bytes);

// Lower-case hexadecimal.
std::string hex(std::string_view bytes);
Result<std::string> hex_decode(std::string_view text);

// Percent-decoding of a URL path segment or query value (RFC 3986 §2.1); '+' is a space only in
// queries. kInvalidArgument on a broken escape, a NUL or invalid UTF-8.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);

// True for well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

// Text for HTML content and double-quoted attributes: & < > " ' escaped.
std::string html_escape(std::string_view text);

// Handle ("slug") of a name: lower-case ASCII letters and digits, runs of anything else as one '-'.
std::string slug(std::string_view text);

}  // namespace dermaga::encoding
