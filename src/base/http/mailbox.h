#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "http/message.h"
#include "http/sink.h"

namespace dermaga::http {

using Answer = std::variant<Response, std::shared_ptr<const PreparedResponse>>;

class Mailbox;

// What a slot's answer goes to; lives on the loop's thread.
class AnswerReceiver {
 public:
  virtual void deliver(Answer answer) = 0;

 protected:
  ~AnswerReceiver() = default;
};

// The Sink of one connection. Outlives the connection and the server where a Responder does; then
// answers are dropped.
class AnswerSlot final : public Responder::Sink, public std::enable_shared_from_this<AnswerSlot> {
 public:
  AnswerSlot(std::shared_ptr<Mailbox> mailbox, AnswerReceiver* receiver)
      : mailbox_(std::move(mailbox)), receiver_(receiver) {}

  void answer(Response response) override;
  void answer(std::shared_ptr<const PreparedResponse> response) override;

  // Loop thread only.
  void detach() { receiver_ = nullptr; }
  void accept(Answer answer);

 private:
  std::shared_ptr<Mailbox> mailbox_;
  AnswerReceiver* receiver_;
};

// Carries answers from any thread to one loop's thread; a batch of answers costs one wake-up.
class Mailbox {
 public:
  // `notify` makes the loop's thread call deliver_all() soon; called from any thread.
  explicit Mailbox(std::function<void()> notify) : notify_(std::move(notify)) {}

  void send(std::shared_ptr<AnswerSlot> slot, Answer answer);

  // Loop thread only.
  void enter_thread();
  void deliver_all();
  // After this everything sent is dropped and `notify` is not called again.
  void close();

 private:
  struct Letter {
    std::shared_ptr<AnswerSlot> slot;
    Answer answer;
  };

  std::mutex mutex_;
  std::function<void()> notify_;
  std::vector<Letter> letters_;
  bool closed_ = false;
};

}  // namespace dermaga::http
