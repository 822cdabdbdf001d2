#include "http/client.h"

#include <algorithm>
#include <optional>

#include "client_socket.h"
#include "header_text.h"
#include "response_parser.h"
#include "tls_context.h"

namespace dermaga::http {
namespace {

struct BaseUrl {
  bool secure = false;
  std::string host;
  std::string port;
  std::string authority;  // as the Host header shows it
};

// http[s]://host[:port], with an IPv6 address in brackets; nothing behind it but a slash.
Result<BaseUrl> parse_base_url(std::string_view url) {
  const auto bad = [&] {
    return make_error(ErrorCode::kInvalidArgument,
                      "'" + std::string(url) + "' is not http[s]://host[:port]");
  };
  BaseUrl parsed;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    parsed.secure = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return bad();
  }
  if (rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  if (rest.find_first_of("/?#@ \r\n\t") != std::string_view::npos) {
    return bad();
  }
  parsed.authority = rest;
  const auto bracket = rest.rfind(']');
  const auto colon = rest.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    parsed.port = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  } else {
    parsed.port = parsed.secure ? "443" : "80";
  }
  if (rest.starts_with('[') && rest.ends_with(']')) {
    rest = rest.substr(1, rest.size() - 2);
  }
  parsed.host = rest;
  const bool port_is_number =
      !parsed.port.empty() && parsed.port.size() <= 5 &&
      std::ranges::all_of(parsed.port, [](char c) { return c >= '0' && c <= '9'; });
  if (parsed.host.empty() || !port_is_number) {
    return bad();
  }
  return parsed;
}

bool is_target(std::string_view target) {
  return !target.empty() && (target.front() == '/' || target == "*") &&
         std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

std::string ClientResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) {
      return value;
    }
  }
  return {};
}

struct Client::Impl {
  struct Connection {
    ClientSocket socket;
    Stream stream;
  };

  Result<std::string> serialise(std::string_view method, std::string_view target,
                                const std::vector<Header>& headers, std::string_view body) const;
  Status connect(Deadline deadline);
  bool still_open();
  Status handshake(Deadline deadline);
  // False when the peer stopped reading: it may have answered already.
  Result<bool> write(std::string_view head, std::string_view body, Deadline deadline);
  Result<ClientResponse> read(bool to_head, Deadline deadline);

  ClientOptions options;
  std::optional<BaseUrl> url;
  SslContext tls;
  std::optional<Connection> connection;
};

Result<std::string> Client::Impl::serialise(std::string_view method, std::string_view target,
                                            const std::vector<Header>& headers,
                                            std::string_view body) const {
  if (!is_token(method) || !is_target(target)) {
    return make_error(ErrorCode::kInvalidArgument, "malformed method or request target");
  }
  std::string head;
  head.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
  head.append(url->authority).append("\r\n");
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || !is_field_value(value)) {
      return make_error(ErrorCode::kInvalidArgument, "malformed request header");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    head.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  return head.append("\r\n");
}

Status Client::Impl::connect(Deadline deadline) {
  connection.reset();
  if (url->secure && tls == nullptr) {
    ASSIGN_OR_RETURN(tls, client_tls_context(options.ca_file));
  }
  ASSIGN_OR_RETURN(ClientSocket socket, ClientSocket::connect(url->host, url->port, deadline));
  const int descriptor = socket.descriptor();
  connection.emplace(Connection{
      std::move(socket),
      url->secure ? Stream(descriptor, new_client_session(tls, url->host)) : Stream(descriptor)});
  return url->secure ? handshake(deadline) : Status();
}

Status Client::Impl::handshake(Deadline deadline) {
  while (true) {
    const IoResult result = connection->stream.handshake();
    if (result.status == IoStatus::kDone) {
      return {};
    }
    if (result.status == IoStatus::kClosed || result.status == IoStatus::kFailed) {
      return make_error(ErrorCode::kUnavailable,
                        "TLS handshake with " + url->authority + " failed: " + last_tls_error());
    }
    if (!connection->socket.wait(result.status, deadline)) {
      return make_error(ErrorCode::kTimeout, "TLS handshake with " + url->authority);
    }
  }
}

bool Client::Impl::still_open() {
  if (!connection.has_value()) {
    return false;
  }
  char unexpected;
  return connection->stream.read(&unexpected, 1).status == IoStatus::kWantRead;
}

Result<bool> Client::Impl::write(std::string_view head, std::string_view body, Deadline deadline) {
  std::string joined;
  Stream::Parts parts{head, body, {}};
  if (url->secure) {
    joined.append(head).append(body);
    parts = {joined, {}, {}};
  }
  while (!parts[0].empty() || !parts[1].empty()) {
    IoResult result = connection->stream.write(parts);
    if (result.status == IoStatus::kDone) {
      for (std::string_view& part : parts) {
        const std::size_t sent = std::min(part.size(), result.bytes);
        part.remove_prefix(sent);
        result.bytes -= sent;
      }
    } else if (result.status == IoStatus::kClosed || result.status == IoStatus::kFailed) {
      return false;
    } else if (!connection->socket.wait(result.status, deadline)) {
      return make_error(ErrorCode::kTimeout, "sending to " + url->authority);
    }
  }
  return true;
}

Result<ClientResponse> Client::Impl::read(bool to_head, Deadline deadline) {
  ResponseParser parser({.to_head = to_head, .body_bytes_max = options.body_bytes_max});
  std::string unparsed;
  char block[16 * 1024];
  while (!parser.complete()) {
    const IoResult result = connection->stream.read(block, sizeof(block));
    if (result.status == IoStatus::kDone) {
      unparsed.append(block, result.bytes);
      ASSIGN_OR_RETURN(const std::size_t taken, parser.feed(unparsed));
      unparsed.erase(0, taken);
    } else if (result.status == IoStatus::kClosed || result.status == IoStatus::kFailed) {
      // With TLS, a close without close_notify may be an attacker's cut.
      if (result.status == IoStatus::kFailed) {
        return make_error(ErrorCode::kUnavailable, "the connection to " + url->authority +
                                                       " broke before the response ended");
      }
      RETURN_IF_ERROR(parser.finish());
      connection.reset();
      return parser.take();
    } else if (!connection->socket.wait(result.status, deadline)) {
      return make_error(ErrorCode::kTimeout, "waiting for the response of " + url->authority);
    }
  }
  if (!parser.keep_alive() || !unparsed.empty()) {
    connection.reset();
  }
  return parser.take();
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<ClientResponse> Client::request(std::string_view method, std::string_view target,
                                       const std::vector<Header>& headers, std::string_view body) {
  Impl& self = *impl_;
  if (!self.url.has_value()) {
    ASSIGN_OR_RETURN(self.url, parse_base_url(self.options.base_url));
  }
  ASSIGN_OR_RETURN(const std::string head, self.serialise(method, target, headers, body));
  const Deadline deadline = std::chrono::steady_clock::now() + self.options.timeout;
  if (!self.still_open()) {
    if (auto connected = self.connect(deadline); !connected) {
      self.connection.reset();
      return std::unexpected(std::move(connected).error());
    }
  }
  const auto written = self.write(head, body, deadline);
  Result<ClientResponse> response = written.has_value()
                                        ? self.read(method == "HEAD", deadline)
                                        : Result<ClientResponse>(std::unexpected(written.error()));
  if (!response.has_value() || !*written) {
    self.connection.reset();
  }
  return response;
}

}  // namespace dermaga::http
