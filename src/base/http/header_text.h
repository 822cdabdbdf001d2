#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace dermaga::http {

// ASCII comparison without case.
bool equals_ignoring_case(std::string_view a, std::string_view b);

// RFC 9110 §5.6.2 token: a method or a header name.
bool is_token(std::string_view text);

// A header value that can be sent: no control bytes but tab.
bool is_field_value(std::string_view text);

// "HTTP/1.1 200 OK\r\n", every header of `response` and, where the status has a body,
// Content-Length. Content-Length, Date and Connection among the headers are left out. A response
// whose headers cannot be sent (a control byte would split it) becomes a 500.
std::string serialise_head(Response& response);

// 1xx, 204 and 304 never have one.
bool status_has_body(int status);

}  // namespace dermaga::http
