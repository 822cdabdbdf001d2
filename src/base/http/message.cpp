#include "http/message.h"

#include <algorithm>

#include "encoding/encoding.h"
#include "header_text.h"
#include "json/writer.h"
#include "result/result.h"

namespace dermaga::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

struct StatusReason {
  int status;
  std::string_view reason;
};

constexpr StatusReason kReasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

// Clients ignore it; people with a terminal do not.
std::string_view reason_phrase(int status) {
  const auto* found = std::ranges::find(kReasons, status, &StatusReason::status);
  return found != std::end(kReasons) ? found->reason : std::string_view("Status");
}

bool sendable(const Response& response) {
  return std::ranges::all_of(response.headers, [](const Header& header) {
    return is_token(header.first) && is_field_value(header.second);
  });
}

bool owned_by_server(std::string_view name) {
  return equals_ignoring_case(name, "content-length") || equals_ignoring_case(name, "date") ||
         equals_ignoring_case(name, "connection") ||
         equals_ignoring_case(name, "transfer-encoding");
}

// Details may quote what a client sent, and JSON must be UTF-8.
std::string_view printable(std::string_view text) {
  return encoding::is_utf8(text) ? text : std::string_view("(not valid UTF-8)");
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool status_has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) {
      return value;
    }
  }
  return {};
}

std::string serialise_head(Response& response) {
  CHECK(response.status >= 200 && response.status <= 599);
  if (!sendable(response)) {
    response = problem(500, "internal", "A fault on our side", "The answer could not be sent.");
  }
  std::string head = "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += reason_phrase(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers) {
    if (!owned_by_server(name)) {
      head.append(name).append(": ").append(value).append("\r\n");
    }
  }
  if (status_has_body(response.status)) {
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  return head;
}

std::shared_ptr<const PreparedResponse> prepare(const Response& response) {
  Response copy = response;
  auto prepared = std::make_shared<PreparedResponse>();
  prepared->head = serialise_head(copy);
  prepared->status = copy.status;
  if (status_has_body(copy.status)) {
    prepared->body = std::move(copy.body);
  }
  return prepared;
}

Response problem(int status, std::string_view code, std::string_view title, std::string_view detail,
                 int retry_after_s, std::string_view extra_members_json) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/problem+json");
  response.headers.emplace_back("Cache-Control", "no-store");
  if (retry_after_s > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
  }
  std::string members;
  json::Writer writer(members);
  writer.object();
  writer.field("type", "urn:dermaga:problem:" + std::string(code));
  writer.field("title", title);
  writer.field("status", std::int64_t{status});
  writer.field("code", code);
  writer.field("detail", printable(detail));
  writer.end_object();
  members.insert(members.size() - 1, extra_members_json);
  response.body = std::move(members);
  return response;
}

}  // namespace dermaga::http
