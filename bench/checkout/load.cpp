#include "load.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>

namespace dermaga::bench {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int kSilenceMsMax = 30'000;
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

struct Connection {
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    tls.reset();
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
  int descriptor = -1;
  std::unique_ptr<SSL, FreeSession> tls;
  std::string answer;
  SteadyTime sent_at;
  bool busy = false;
};

std::unexpected<Error> failed(const std::string& what) {
  const unsigned long code = ERR_get_error();
  return make_error(ErrorCode::kUnavailable,
                    what + (code == 0 ? "" : ": " + std::string(ERR_reason_error_string(code))));
}

Status open_socket(const LoadOptions& options, Connection& connection) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(options.port);
  if (::getaddrinfo(options.host.c_str(), port.c_str(), &hints, &found) != 0) {
    return make_error(ErrorCode::kUnavailable, options.host + " has no address");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  connection.descriptor = ::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
  if (connection.descriptor < 0 ||
      ::connect(connection.descriptor, found->ai_addr, found->ai_addrlen) != 0) {
    return make_errno_error("connect to " + options.host + ":" + port, errno);
  }
  const int on = 1;
  ::setsockopt(connection.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return {};
}

// Opened and shaken hands with while it still blocks, so that the loop sees only requests.
Status open(const LoadOptions& options, SSL_CTX* context, Connection& connection) {
  RETURN_IF_ERROR(open_socket(options, connection));
  connection.tls.reset(SSL_new(context));
  SSL_set_fd(connection.tls.get(), connection.descriptor);
  SSL_set_tlsext_host_name(connection.tls.get(), options.host.c_str());
  SSL_set1_host(connection.tls.get(), options.host.c_str());
  if (SSL_connect(connection.tls.get()) != 1) {
    return failed("TLS handshake");
  }
  if (::fcntl(connection.descriptor, F_SETFL, O_NONBLOCK) != 0) {
    return make_errno_error("fcntl", errno);
  }
  return {};
}

// The length of the answer at the front of `text` once it is whole.
std::optional<std::size_t> whole_answer(std::string_view text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) {
    return std::nullopt;
  }
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = text.substr(0, head).find(kLength);
  std::size_t body = 0;
  if (at != std::string_view::npos) {
    std::from_chars(text.data() + at + kLength.size(), text.data() + head, body);
  }
  const std::size_t all = head + 4 + body;
  return text.size() >= all ? std::optional(all) : std::nullopt;
}

class Load {
 public:
  Load(const LoadOptions& options, const std::vector<std::string>& requests)
      : options_(options), requests_(requests), connections_(options.connections) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    if (epoll_ >= 0) {
      ::close(epoll_);
    }
  }

  Result<LoadResult> run() {
    RETURN_IF_ERROR(open_all());
    const SteadyTime start = std::chrono::steady_clock::now();
    for (Connection& connection : connections_) {
      RETURN_IF_ERROR(send_next(connection));
    }
    while (answered_ < requests_.size()) {
      RETURN_IF_ERROR(serve_ready());
    }
    result_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::ranges::sort(result_.latencies_ms);
    return std::move(result_);
  }

 private:
  Status open_all() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (SSL_CTX_load_verify_locations(context_.get(), options_.ca_file.c_str(), nullptr) != 1) {
      return failed("read " + options_.ca_file);
    }
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_3_VERSION);
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) {
      return make_errno_error("epoll_create1", errno);
    }
    for (Connection& connection : connections_) {
      RETURN_IF_ERROR(open(options_, context_.get(), connection));
      epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
      if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.descriptor, &event) != 0) {
        return make_errno_error("epoll_ctl", errno);
      }
    }
    result_.latencies_ms.reserve(requests_.size());
    return {};
  }

  // A request fits the socket's send buffer, which is empty when its turn comes.
  Status send_next(Connection& connection) {
    if (next_ == requests_.size()) {
      return {};
    }
    const std::string& request = requests_[next_++];
    connection.sent_at = std::chrono::steady_clock::now();
    connection.busy = true;
    const int sent =
        SSL_write(connection.tls.get(), request.data(), static_cast<int>(request.size()));
    if (sent != static_cast<int>(request.size())) {
      return failed("a request was not sent whole");
    }
    return {};
  }

  Status serve_ready() {
    std::array<epoll_event, 64> events;
    const int ready =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kSilenceMsMax);
    if (ready < 0 && errno != EINTR) {
      return make_errno_error("epoll_wait", errno);
    }
    if (ready == 0) {
      return make_error(ErrorCode::kTimeout, "the shop did not answer for 30 seconds");
    }
    for (int i = 0; i < ready; ++i) {
      RETURN_IF_ERROR(
          read(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr)));
    }
    return {};
  }

  Status read(Connection& connection) {
    std::array<char, 16 * 1024> block;
    while (true) {
      const int got = SSL_read(connection.tls.get(), block.data(), static_cast<int>(block.size()));
      if (got <= 0) {
        const int why = SSL_get_error(connection.tls.get(), got);
        return why == SSL_ERROR_WANT_READ ? Status() : failed("the shop closed a connection");
      }
      connection.answer.append(block.data(), static_cast<std::size_t>(got));
      if (connection.answer.size() > kAnswerBytesMax) {
        return make_error(ErrorCode::kCorrupt, "an answer has no end");
      }
      if (whole_answer(connection.answer).has_value()) {
        take_answer(connection);
        return send_next(connection);
      }
    }
  }

  void take_answer(Connection& connection) {
    const auto took = std::chrono::steady_clock::now() - connection.sent_at;
    int status = 0;
    constexpr std::size_t kStatusAt = 9;  // behind "HTTP/1.1 "
    std::from_chars(connection.answer.data() + kStatusAt, connection.answer.data() + kStatusAt + 3,
                    status);
    ++result_.by_status[status];
    if (status == 201) {
      result_.latencies_ms.push_back(std::chrono::duration<double, std::milli>(took).count());
    } else if (result_.first_refusal.empty()) {
      result_.first_refusal = connection.answer;
    }
    connection.answer.clear();
    connection.busy = false;
    ++answered_;
  }

  const LoadOptions& options_;
  const std::vector<std::string>& requests_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::vector<Connection> connections_;
  int epoll_ = -1;
  std::size_t next_ = 0;
  std::size_t answered_ = 0;
  LoadResult result_;
};

}  // namespace

Result<LoadResult> send_all(const LoadOptions& options, const std::vector<std::string>& requests) {
  return Load(options, requests).run();
}

}  // namespace dermaga::bench
