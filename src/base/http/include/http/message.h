#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dermaga::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

using Header = std::pair<std::string, std::string>;

// One parsed request. The views die when Handler::handle returns: copy what an answer needs later.
struct Request {
  Method method = Method::kOther;
  std::string_view target;  // as sent: path, and query after '?'
  std::string_view path;    // without the query, not percent-decoded
  std::string_view query;   // without '?', not percent-decoded
  std::string_view body;
  std::string_view peer_address;                                       // numeric, without the port
  bool secure = false;                                                 // came over TLS
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // names as sent

  // First value of the header, matched without case; empty when absent.
  std::string_view header(std::string_view name) const;
};

// An answer built once and sent many times (head and body in one write). The head has every header
// but Date, Connection and the blank line; Content-Length is included. HEAD sends only the head.
struct PreparedResponse {
  int status = 200;
  std::string head;
  std::string body;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;  // Content-Length, Date and Connection are the server's
  std::string body;
};

// Serialises head and body of a response that will be sent again and again.
std::shared_ptr<const PreparedResponse> prepare(const Response& response);

// RFC 9457 problem. `detail` is shown to people; `extra_members_json` is "" or ",\"lines\":[…]".
Response problem(int status, std::string_view code, std::string_view title, std::string_view detail,
                 int retry_after_s = 0, std::string_view extra_members_json = {});

}  // namespace dermaga::http
