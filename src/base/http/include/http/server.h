#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/message.h"
#include "metrics/metrics.h"
#include "result/result.h"

namespace dermaga::http {

// The one-time right to answer one request; from any thread. Dropped unanswered, it answers 500.
class Responder {
 public:
  class Sink;  // implemented by the server's connection
  explicit Responder(std::shared_ptr<Sink> sink);
  Responder(Responder&&) noexcept;
  Responder& operator=(Responder&&) noexcept;
  ~Responder();

  void send(Response response) &&;
  void send(std::shared_ptr<const PreparedResponse> response) &&;

 private:
  std::shared_ptr<Sink> sink_;
};

// Called on the server's loop threads, concurrently; must not block. Slow work moves elsewhere and
// answers through the Responder.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(const Request& request, Responder responder) = 0;
};

struct Listener {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free port, see Server::port
  bool tls = false;
  bool reuse_port = false;  // several processes share the port (SO_REUSEPORT)
};

struct ServerOptions {
  std::vector<Listener> listeners;
  std::string certificate_file;  // PEM chain; needed when a listener has tls
  std::string private_key_file;
  unsigned threads = 1;  // loops, each with its own accept queue
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 64 * 1024;
  std::size_t connections_max = 16'000;  // per process; more are closed at once
  unsigned requests_per_connection_max = 100'000;
  std::chrono::seconds header_timeout{10};  // first byte to end of headers
  std::chrono::seconds body_timeout{20};
  std::chrono::seconds idle_timeout{60};
  std::chrono::seconds answer_timeout{30};  // handler silent for this long: 504
  metrics::Registry* registry = nullptr;    // optional
};

// HTTP/1.1 (RFC 9112) in the shape DESIGN §8 measured: one epoll loop per thread, SO_REUSEPORT,
// Beast's basic_parser, OpenSSL directly on the descriptor, one coarse timer wheel per loop, no
// buffers while idle, one write per answer. Parsing is strict: conflicting or malformed framing is
// answered 400 and closed. TLS is 1.3 only.
class Server {
 public:
  // Binds and starts the loops. kAlreadyExists when a port is in use (the message names it).
  static Result<std::unique_ptr<Server>> start(ServerOptions options,
                                               std::shared_ptr<Handler> handler);
  virtual ~Server() = default;

  // The bound port of the listener at this index.
  virtual std::uint16_t port(std::size_t listener_index) const = 0;

  // Loads certificate and key again; new connections use them. On error the old ones stay.
  virtual Status reload_certificate() = 0;

  // Stops accepting, lets requests in hand finish, closes; returns after at most `patience`.
  virtual void drain(std::chrono::milliseconds patience) = 0;
};

}  // namespace dermaga::http
