#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "buffer.h"
#include "mailbox.h"
#include "server_state.h"
#include "timer_wheel.h"

namespace dermaga::http {

class Connection;

// One thread's share of the server: its listeners, connections, timers and buffers. Everything but
// begin_drain() and stop() belongs to the thread in run().
class Loop {
 public:
  explicit Loop(ServerState& state);
  ~Loop();

  // Before run(). Takes the listening socket.
  void add_listener(int descriptor, bool tls);
  // Returns after stop(), when every connection has ended.
  void run();
  // From any thread. Stops accepting; connections end after the request in hand.
  void begin_drain();
  // From any thread. Cuts what is left.
  void stop();

  boost::asio::io_context& context() { return context_; }
  ServerState& state() { return state_; }
  TimerWheel& wheel() { return wheel_; }
  BlockPool& blocks() { return blocks_; }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  bool draining() const { return draining_; }
  // "Date: …", Connection where needed, and the empty line that ends a head.
  std::string_view head_tail(bool close) const { return head_tails_[close ? 1 : 0]; }

  using Connections = std::list<Connection*>;
  Connections::iterator enter(Connection* connection);
  void leave(Connections::iterator place);

 private:
  struct Listening {
    boost::asio::posix::stream_descriptor descriptor;
    bool tls;
  };

  boost::asio::awaitable<void> accept_from(Listening& listening);
  // False when the process or the system has no descriptor left.
  bool accept_waiting(Listening& listening, int connections_max);
  void take(int descriptor, bool tls, std::string peer_address);
  boost::asio::awaitable<void> tick();
  void refresh_date();

  ServerState& state_;
  boost::asio::io_context context_;
  std::shared_ptr<Mailbox> mailbox_;
  TimerWheel wheel_;
  BlockPool blocks_;
  std::vector<std::unique_ptr<Listening>> listeners_;
  Connections connections_;
  boost::asio::steady_timer ticker_;
  std::array<std::string, 2> head_tails_;
  long long date_s_ = -1;
  bool draining_ = false;
  bool stopping_ = false;
};

}  // namespace dermaga::http
