#include "loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "clock/clock.h"
#include "connection.h"
#include "log/log.h"

namespace dermaga::http {
namespace {

namespace asio = boost::asio;
constexpr auto kWaiting = asio::as_tuple(asio::use_awaitable);
constexpr int kAcceptsPerWakeUp = 64;

std::string numeric_address(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text, sizeof(text));
  } else if (peer.ss_family == AF_INET6) {
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
      inet_ntop(AF_INET, &address.s6_addr[12], text, sizeof(text));
    } else {
      inet_ntop(AF_INET6, &address, text, sizeof(text));
    }
  }
  return text;
}

void close_quietly(asio::posix::stream_descriptor& descriptor) {
  boost::system::error_code ignored;  // the kernel releases it in any case
  descriptor.close(ignored);
}

}  // namespace

Loop::Loop(ServerState& state)
    : state_(state),
      context_(1),
      mailbox_(std::make_shared<Mailbox>(
          [this] { asio::post(context_, [this] { mailbox_->deliver_all(); }); })),
      wheel_(std::chrono::steady_clock::now()),
      ticker_(context_) {
  refresh_date();
}

Loop::~Loop() = default;

void Loop::add_listener(int descriptor, bool tls) {
  listeners_.push_back(std::make_unique<Listening>(
      Listening{asio::posix::stream_descriptor(context_, descriptor), tls}));
}

void Loop::run() {
  mailbox_->enter_thread();
  for (const auto& listening : listeners_) {
    asio::co_spawn(context_, accept_from(*listening), asio::detached);
  }
  asio::co_spawn(context_, tick(), asio::detached);
  context_.run();
}

void Loop::begin_drain() {
  state_.hold();  // the server is not idle before this loop knows
  asio::post(context_, [this] {
    draining_ = true;
    for (Connection* connection : connections_) {
      connection->begin_drain();
    }
    // What the kernel had accepted before the listener closes is served too.
    for (const auto& listening : listeners_) {
      accept_waiting(*listening, SOMAXCONN);
      close_quietly(listening->descriptor);
    }
    state_.release_connection();
  });
}

void Loop::stop() {
  asio::post(context_, [this] {
    draining_ = stopping_ = true;
    mailbox_->close();
    for (const auto& listening : listeners_) {
      close_quietly(listening->descriptor);
    }
    for (Connection* connection : connections_) {
      connection->abort();
    }
    ticker_.cancel();
  });
}

asio::awaitable<void> Loop::accept_from(Listening& listening) {
  while (!draining_) {
    co_await listening.descriptor.async_wait(asio::posix::descriptor_base::wait_read, kWaiting);
    if (!draining_ && !accept_waiting(listening, kAcceptsPerWakeUp)) {
      log::warning("http_accept_failed", {{"reason", "no descriptor left"}});
      asio::steady_timer pause(context_, TimerWheel::kTick);
      co_await pause.async_wait(kWaiting);
    }
  }
}

bool Loop::accept_waiting(Listening& listening, int connections_max) {
  for (int i = 0; i < connections_max; ++i) {
    sockaddr_storage peer{};
    socklen_t peer_size = sizeof(peer);
    const int descriptor =
        ::accept4(listening.descriptor.native_handle(), reinterpret_cast<sockaddr*>(&peer),
                  &peer_size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      take(descriptor, listening.tls, numeric_address(peer));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return true;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return false;
    }
    // Any other error concerns that one connection.
  }
  return true;
}

void Loop::take(int descriptor, bool tls, std::string peer_address) {
  if (stopping_ || !state_.claim_connection()) {
    ::close(descriptor);
    return;
  }
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  auto connection = std::make_unique<Connection>(
      *this, descriptor, tls ? state_.tls.new_server_session() : nullptr, std::move(peer_address));
  asio::co_spawn(context_, Connection::serve(std::move(connection)), asio::detached);
}

asio::awaitable<void> Loop::tick() {
  while (!stopping_) {
    ticker_.expires_after(TimerWheel::kTick);
    co_await ticker_.async_wait(kWaiting);
    refresh_date();
    wheel_.advance(std::chrono::steady_clock::now());
  }
}

void Loop::refresh_date() {
  const UtcTime now = system_clock().now();
  const long long second = to_unix_ms(now) / 1000;
  if (second != date_s_) {
    date_s_ = second;
    const std::string date = "Date: " + format_http_date(now) + "\r\n";
    head_tails_ = {date + "\r\n", date + "Connection: close\r\n\r\n"};
  }
}

Loop::Connections::iterator Loop::enter(Connection* connection) {
  return connections_.insert(connections_.end(), connection);
}

void Loop::leave(Connections::iterator place) {
  connections_.erase(place);
}

}  // namespace dermaga::http
