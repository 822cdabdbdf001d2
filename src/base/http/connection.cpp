#include "connection.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "header_text.h"

namespace dermaga::http {
namespace {

namespace asio = boost::asio;
using asio::posix::descriptor_base;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// A connection that pipelines without end lets the others of its loop have their turn.
constexpr unsigned kRequestsPerTurn = 32;
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytesMax = 256 * 1024;
// With TLS, head and the beginning of the body share one record of at most this size.
constexpr std::size_t kJoinedBytesMax = 16 * 1024;

Response refusal_response(const ParseRefusal& refusal) {
  Response response = problem(refusal.status, refusal.code, refusal.title, refusal.detail);
  if (refusal.status == 405) {
    response.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  }
  return response;
}

}  // namespace

Connection::Connection(Loop& loop, int descriptor, SslPointer ssl, std::string peer_address)
    : loop_(loop),
      socket_(loop.context(), descriptor),
      stream_(ssl != nullptr ? Stream(descriptor, std::move(ssl)) : Stream(descriptor)),
      place_(loop.enter(this)),
      peer_address_(std::move(peer_address)),
      input_(loop.blocks()),
      parser_({loop.state().options.header_bytes_max, loop.state().options.body_bytes_max}) {
  if (auto& metrics = loop_.state().metrics) {
    metrics->connections_changed(1);
  }
}

Connection::~Connection() {
  if (slot_ != nullptr) {
    slot_->detach();
  }
  loop_.leave(place_);
  if (auto& metrics = loop_.state().metrics) {
    metrics->connections_changed(-1);
  }
  loop_.state().release_connection();
}

asio::awaitable<void> Connection::serve(std::unique_ptr<Connection> connection) {
  Connection& self = *connection;
  bool open = !self.stream_.secure() || co_await self.handshake();
  while (open) {
    open = co_await self.receive() && co_await self.exchange();
    if (open && self.requests_ % kRequestsPerTurn == 0 && !self.input_.empty()) {
      co_await asio::post(self.loop_.context(), asio::use_awaitable);
    }
  }
  if (!self.aborted_) {
    self.stream_.shutdown();
    if (self.lingers_ || !self.input_.empty()) {
      co_await self.linger();
    }
  }
}

void Connection::begin_drain() {
  if (idle_) {
    cancel_socket_wait();
  }
}

void Connection::abort() {
  aborted_ = true;
  cancel_socket_wait();
  wake();
}

void Connection::begin_deadline(std::chrono::milliseconds delay) {
  timed_out_ = false;
  loop_.wheel().arm(*this, delay);
}

void Connection::on_deadline() {
  timed_out_ = true;
  cancel_socket_wait();
  wake();
}

void Connection::deliver(Answer answer) {
  answer_ = std::move(answer);
  wake();
}

void Connection::cancel_socket_wait() {
  boost::system::error_code ignored;  // nothing waits, or it ends with an error: both are fine
  socket_.cancel(ignored);
}

void Connection::wake() {
  if (waiting_ != nullptr) {
    // Not from here: the caller may be another connection's handler.
    asio::post(loop_.context(), std::exchange(waiting_, nullptr));
  }
}

asio::awaitable<bool> Connection::wait(IoStatus wanted) {
  if (timed_out_ || aborted_) {
    co_return false;
  }
  const auto direction =
      wanted == IoStatus::kWantWrite ? descriptor_base::wait_write : descriptor_base::wait_read;
  const auto [error] = co_await socket_.async_wait(direction, asio::as_tuple(asio::use_awaitable));
  co_return !error && !timed_out_ && !aborted_;
}

asio::awaitable<bool> Connection::handshake() {
  begin_deadline(loop_.state().options.header_timeout);
  while (true) {
    const IoResult result = stream_.handshake();
    if (result.status == IoStatus::kDone) {
      co_return true;
    }
    if (result.status == IoStatus::kClosed || result.status == IoStatus::kFailed) {
      lingers_ = true;  // so that the alert that says why arrives
      co_return false;
    }
    if (!co_await wait(result.status)) {
      co_return false;
    }
  }
}

asio::awaitable<bool> Connection::wait_for_first_byte() {
  input_.release();
  if (stream_.has_pending()) {
    co_return true;
  }
  begin_deadline(loop_.state().options.idle_timeout);
  idle_ = true;
  if (!loop_.draining()) {
    co_await socket_.async_wait(descriptor_base::wait_read, asio::as_tuple(asio::use_awaitable));
  }
  idle_ = false;
  // While draining, a request that has arrived already is still served.
  co_return !timed_out_ && !aborted_;
}

asio::awaitable<bool> Connection::receive() {
  parser_.reset();
  if (input_.empty() && !co_await wait_for_first_byte()) {
    co_return false;
  }
  begin_deadline(loop_.state().options.header_timeout);
  bool body_begun = false;
  while (true) {
    const auto state = parser_.advance(input_.view());
    if (state == RequestParser::State::kComplete) {
      co_return true;
    }
    if (state == RequestParser::State::kRefused) {
      co_await refuse(parser_.refusal());
      co_return false;
    }
    if (!body_begun && parser_.in_body()) {
      body_begun = true;
      begin_deadline(loop_.state().options.body_timeout);
      if (parser_.expects_continue() && !co_await send_all({kContinue})) {
        co_return false;
      }
    }
    input_.reserve(parser_.bytes_wanted());
    const IoResult result = stream_.read(input_.tail(), input_.room());
    if (result.status == IoStatus::kDone) {
      input_.extend(result.bytes);
      continue;
    }
    if (result.status == IoStatus::kClosed || result.status == IoStatus::kFailed ||
        (input_.empty() && loop_.draining())) {
      co_return false;
    }
    if (!co_await wait(result.status)) {
      if (timed_out_ && !input_.empty()) {
        co_await refuse({408, "request_timeout", "The request took too long",
                         "The rest of the request did not arrive in time."});
      }
      co_return false;
    }
  }
}

asio::awaitable<void> Connection::wait_for_answer() {
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) { waiting_ = std::move(handler); }, asio::use_awaitable);
}

asio::awaitable<bool> Connection::exchange() {
  ServerState& state = loop_.state();
  const auto begin = state.metrics ? Steady::now() : Steady::time_point();
  Request& request = parser_.request();
  request.peer_address = peer_address_;
  request.secure = stream_.secure();
  head_only_ = request.method == Method::kHead;
  begin_deadline(state.options.answer_timeout);
  answer_.reset();
  if (slot_ == nullptr) {
    slot_ = std::make_shared<AnswerSlot>(loop_.mailbox(), static_cast<AnswerReceiver*>(this));
  }
  state.handler->handle(request, Responder(slot_));
  input_.consume(parser_.size());
  if (!answer_ && !aborted_) {
    co_await wait_for_answer();
  }
  if (aborted_) {
    co_return false;
  }
  if (!answer_) {
    // The handler may still hold its Responder: the next request must not get that answer.
    slot_->detach();
    slot_.reset();
    answer_ =
        problem(504, "timeout", "No answer in time", "The server took too long to answer.", 2);
  }
  const bool close = parser_.must_close() || loop_.draining() ||
                     ++requests_ >= state.options.requests_per_connection_max;
  Answer answer = std::move(*answer_);
  answer_.reset();
  const bool sent = co_await send(std::move(answer), close);
  if (state.metrics) {
    state.metrics->answered(sent_status_, Steady::now() - begin);
  }
  co_return sent && !close;
}

asio::awaitable<bool> Connection::send(Answer answer, bool close) {
  std::string made_head;
  Stream::Parts parts;
  if (const auto* prepared = std::get_if<std::shared_ptr<const PreparedResponse>>(&answer)) {
    sent_status_ = (*prepared)->status;
    parts = {(*prepared)->head, {}, (*prepared)->body};
  } else {
    Response& made = std::get<Response>(answer);
    made_head = serialise_head(made);
    sent_status_ = made.status;
    parts = {made_head, {}, status_has_body(made.status) ? std::string_view(made.body) : ""};
  }
  if (head_only_) {
    parts[2] = {};
  }
  // The loop renews its copy every second, perhaps while this answer is half sent.
  char tail[96];
  const std::string_view current_tail = loop_.head_tail(close);
  CHECK(current_tail.size() <= sizeof(tail));
  std::memcpy(tail, current_tail.data(), current_tail.size());
  parts[1] = {tail, current_tail.size()};
  std::string joined;
  if (stream_.secure()) {
    const std::size_t head_size = parts[0].size() + parts[1].size();
    const std::size_t body_taken =
        std::min(parts[2].size(), head_size < kJoinedBytesMax ? kJoinedBytesMax - head_size : 0);
    joined.reserve(head_size + body_taken);
    joined.append(parts[0]).append(parts[1]).append(parts[2].substr(0, body_taken));
    parts = {joined, parts[2].substr(body_taken), {}};
  }
  // Most answers go at once, without the cost of another coroutine.
  const IoStatus status = send_some(parts);
  if (status == IoStatus::kWantRead || status == IoStatus::kWantWrite) {
    co_return co_await send_all(parts);
  }
  co_return status == IoStatus::kDone;
}

IoStatus Connection::send_some(Stream::Parts& parts) {
  while (!parts[0].empty() || !parts[1].empty() || !parts[2].empty()) {
    IoResult result = stream_.write(parts);
    if (result.status != IoStatus::kDone) {
      return result.status;
    }
    for (std::string_view& part : parts) {
      const std::size_t sent = std::min(part.size(), result.bytes);
      part.remove_prefix(sent);
      result.bytes -= sent;
    }
  }
  return IoStatus::kDone;
}

asio::awaitable<bool> Connection::send_all(Stream::Parts parts) {
  begin_deadline(loop_.state().options.body_timeout);
  while (true) {
    const std::size_t left = parts[0].size() + parts[1].size() + parts[2].size();
    const IoStatus status = send_some(parts);
    if (status != IoStatus::kWantRead && status != IoStatus::kWantWrite) {
      co_return status == IoStatus::kDone;
    }
    // A slow reader may take long, as long as it goes on reading.
    if (parts[0].size() + parts[1].size() + parts[2].size() < left) {
      begin_deadline(loop_.state().options.body_timeout);
    }
    if (!co_await wait(status)) {
      co_return false;
    }
  }
}

asio::awaitable<void> Connection::refuse(ParseRefusal refusal) {
  lingers_ = true;
  head_only_ = false;
  begin_deadline(loop_.state().options.body_timeout);
  co_await send(refusal_response(refusal), true);
  if (auto& metrics = loop_.state().metrics) {
    metrics->answered(refusal.status, {});
  }
}

// Closing with unread bytes resets the connection, and the peer might lose the answer.
asio::awaitable<void> Connection::linger() {
  begin_deadline(kLingerTime);
  std::size_t discarded = 0;
  while (discarded < kLingerBytesMax) {
    const IoResult result = stream_.discard();
    if (result.status == IoStatus::kDone) {
      discarded += result.bytes;
    } else if (result.status != IoStatus::kWantRead || !co_await wait(IoStatus::kWantRead)) {
      co_return;
    }
  }
}

}  // namespace dermaga::http
