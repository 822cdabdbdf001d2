#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "buffer.h"
#include "loop.h"
#include "mailbox.h"
#include "request_parser.h"
#include "stream.h"
#include "timer_wheel.h"

namespace dermaga::http {

// One accepted connection, owned by its own coroutine; lives on its loop's thread. Every wait (for
// the socket or for the handler) has a deadline on the loop's wheel.
class Connection final : private TimerWheel::Timer, private AnswerReceiver {
 public:
  // `ssl` is null without TLS. Owes state().release_connection().
  Connection(Loop& loop, int descriptor, SslPointer ssl, std::string peer_address);
  ~Connection() override;

  static boost::asio::awaitable<void> serve(std::unique_ptr<Connection> connection);

  // Ends an idle connection; a busy one ends with its next answer.
  void begin_drain();
  // Ends every wait; nothing more is sent.
  void abort();

 private:
  template <typename T>
  using Awaitable = boost::asio::awaitable<T>;
  using Steady = std::chrono::steady_clock;

  // False: the connection is over.
  Awaitable<bool> handshake();
  // True when a whole request stands in parser_.
  Awaitable<bool> receive();
  Awaitable<bool> wait_for_first_byte();
  // Hands the request to the handler and sends the answer; false when that was the last.
  Awaitable<bool> exchange();
  Awaitable<void> wait_for_answer();
  Awaitable<bool> send(Answer answer, bool close);
  Awaitable<bool> send_all(Stream::Parts parts);
  // Sends what goes without waiting; `parts` become what is left.
  IoStatus send_some(Stream::Parts& parts);
  Awaitable<void> refuse(ParseRefusal refusal);
  Awaitable<void> linger();
  // True when the socket is ready; false after the deadline or abort().
  Awaitable<bool> wait(IoStatus wanted);

  void begin_deadline(std::chrono::milliseconds delay);
  void on_deadline() override;
  void deliver(Answer answer) override;
  void wake();
  void cancel_socket_wait();

  Loop& loop_;
  boost::asio::posix::stream_descriptor socket_;
  Stream stream_;
  Loop::Connections::iterator place_;
  std::string peer_address_;
  Buffer input_;
  RequestParser parser_;
  std::shared_ptr<AnswerSlot> slot_;
  std::optional<Answer> answer_;
  std::move_only_function<void()> waiting_;  // the coroutine, while it waits for the handler
  unsigned requests_ = 0;
  int sent_status_ = 0;
  bool head_only_ = false;
  bool idle_ = false;
  bool timed_out_ = false;
  bool aborted_ = false;
  bool lingers_ = false;  // the peer may still be sending when we close
};

}  // namespace dermaga::http
