#include "request_head.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "header_text.h"

namespace dermaga::http {
namespace {

using Refused = std::unexpected<ParseRefusal>;

Refused refuse(int status, std::string_view code, std::string_view detail) {
  return Refused({status, code, "The request is not valid HTTP", detail});
}

Refused bad_framing(std::string_view detail) {
  return refuse(400, "bad_framing", detail);
}
Refused bad_request(std::string_view detail) {
  return refuse(400, "bad_request", detail);
}

// RFC 3986 uri-host and port: no user information, no path.
bool is_authority(std::string_view text) {
  constexpr std::string_view kMarks = "-._~%!$&'()*+,;=:[]";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

Method method_of(std::string_view name) {
  constexpr std::pair<std::string_view, Method> kMethods[] = {
      {"GET", Method::kGet},        {"POST", Method::kPost},   {"HEAD", Method::kHead},
      {"PUT", Method::kPut},        {"PATCH", Method::kPatch}, {"DELETE", Method::kDelete},
      {"OPTIONS", Method::kOptions}};
  for (const auto& [text, method] : kMethods) {
    if (text == name) {
      return method;
    }
  }
  return Method::kOther;
}

// origin-form, absolute-form, or "*" for OPTIONS.
bool normalise_target(std::string_view& target, Method method) {
  const bool visible =
      std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (!visible) {
    return false;
  }
  if (target.starts_with('/')) {
    return true;
  }
  if (target == "*") {
    return method == Method::kOptions;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() &&
        equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      const auto path = target.find('/', scheme.size());
      if (path == std::string_view::npos ||
          !is_authority(target.substr(scheme.size(), path - scheme.size()))) {
        return false;
      }
      target.remove_prefix(path);
      return true;
    }
  }
  return false;
}

// Collects the headers that decide framing while walking them once.
struct FramingFields {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  std::string_view host, length, coding, expect;
  bool close = false;
};

FramingFields collect(const RequestHead& head) {
  FramingFields found;
  for (const auto& [name, value] : head.fields) {
    switch (name.size()) {  // most headers are told apart by length alone
      case 4:
        if (equals_ignoring_case(name, "host")) {
          ++found.hosts;
          found.host = value;
        }
        break;
      case 6:
        if (equals_ignoring_case(name, "expect")) {
          found.expect = value;
        }
        break;
      case 10:
        if (equals_ignoring_case(name, "connection")) {
          std::string_view rest = value;
          while (!rest.empty()) {
            const auto comma = rest.find(',');
            std::string_view option = rest.substr(0, comma);
            option.remove_prefix(std::min(option.find_first_not_of(" \t"), option.size()));
            option = option.substr(0, option.find_last_not_of(" \t") + 1);
            found.close = found.close || equals_ignoring_case(option, "close");
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
          }
        }
        break;
      case 14:
        if (equals_ignoring_case(name, "content-length")) {
          ++found.lengths;
          found.length = value;
        }
        break;
      case 17:
        if (equals_ignoring_case(name, "transfer-encoding")) {
          ++found.codings;
          found.coding = value;
        }
        break;
      default:
        break;
    }
  }
  return found;
}

std::expected<void, ParseRefusal> judge_length(const FramingFields& found,
                                               std::size_t body_bytes_max, Framing& framing) {
  if (found.lengths > 1 || found.codings > 1 || (found.lengths > 0 && found.codings > 0)) {
    return bad_framing("Content-Length and Transfer-Encoding must not be repeated or combined.");
  }
  if (found.codings == 1) {
    if (!equals_ignoring_case(found.coding, "chunked")) {
      return refuse(501, "coding_not_implemented", "Only the chunked transfer coding is known.");
    }
    framing.chunked = true;
    return {};
  }
  if (found.lengths == 0) {
    return {};
  }
  std::uint64_t length = 0;
  const char* end = found.length.data() + found.length.size();
  const auto [stop, error] = std::from_chars(found.length.data(), end, length);
  if (error == std::errc::result_out_of_range && stop == end) {
    length = UINT64_MAX;
  } else if (error != std::errc() || stop != end) {
    return bad_framing("Content-Length must be a decimal number.");
  }
  if (length > body_bytes_max) {
    return Refused({413, "body_too_large", "The body is too large",
                    "The body is larger than this server accepts."});
  }
  framing.content_length = length;
  return {};
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  if (start_ == 0 && line_ == 0) {
    // One empty line before a request is tolerated (RFC 9112 §2.2).
    if (bytes.starts_with("\r\n")) {
      start_ = line_ = scanned_ = 2;
    } else if (bytes == "\r") {
      return State::kNeedMore;
    }
  }
  if (bytes.size() > start_ && !is_token(bytes.substr(start_, 1))) {
    return State::kMalformed;
  }
  while (true) {
    const auto feed = bytes.find('\n', scanned_);
    if (feed == std::string_view::npos) {
      scanned_ = bytes.size();
      return State::kNeedMore;
    }
    if (feed == line_ || bytes[feed - 1] != '\r') {
      return State::kMalformed;
    }
    if (feed == line_ + 1) {
      size_ = feed + 1;
      return State::kComplete;
    }
    if (bytes[line_] == ' ' || bytes[line_] == '\t') {
      return State::kMalformed;
    }
    line_ = scanned_ = feed + 1;
  }
}

std::expected<Framing, ParseRefusal> judge_head(RequestHead& head, std::size_t body_bytes_max) {
  Framing framing;
  framing.method = method_of(head.method);
  if (head.method == "CONNECT" || head.method == "TRACE") {
    return refuse(405, "method_not_allowed", "This method is not served.");
  }
  if (framing.method == Method::kOther) {
    return refuse(501, "method_not_implemented", "This method is not known.");
  }
  if (!normalise_target(head.target, framing.method)) {
    return bad_request("The request target is malformed.");
  }
  const FramingFields found = collect(head);
  const bool old = head.version == 10;
  if (found.hosts > 1 || (found.hosts == 0 && !old) ||
      (found.hosts == 1 && !is_authority(found.host))) {
    return bad_request("Exactly one well-formed Host header is needed.");
  }
  if (old && found.codings > 0) {
    return bad_framing("Transfer-Encoding does not exist in HTTP/1.0.");
  }
  if (const auto judged = judge_length(found, body_bytes_max, framing); !judged) {
    return Refused(judged.error());
  }
  if (!found.expect.empty() && !old) {
    if (!equals_ignoring_case(found.expect, "100-continue")) {
      return refuse(417, "expectation_failed", "Only 100-continue can be expected.");
    }
    framing.expects_continue = true;
  }
  framing.must_close = old || found.close;
  return framing;
}

bool has_foreign_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  if (line.size() < 8) {
    return false;
  }
  const std::string_view version = line.substr(line.size() - 8);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.starts_with("HTTP/") && version != "HTTP/1.0" && version != "HTTP/1.1" &&
         digit(version[5]) && version[6] == '.' && digit(version[7]);
}

}  // namespace dermaga::http
