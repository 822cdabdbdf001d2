#include "mail/outgoing.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "log/log.h"
#include "metrics/metrics.h"

namespace dermaga::mail {

namespace {

using SteadyPoint = std::chrono::steady_clock::time_point;

struct Waiting {
  Message message;
  SteadyPoint due;
  unsigned tries = 0;
};

}  // namespace

class Outgoing::Queue {
 public:
  Queue(std::unique_ptr<Transport> transport, const OutgoingOptions& options)
      : transport_(std::move(transport)), options_(options) {
    CHECK(options_.tries_max > 0 && options_.waiting_max > 0);
    show_waiting();
    for (const char* outcome :
         {"sent", "retried", "given_up", "refused", "overloaded", "dropped"}) {
      count(outcome, 0);  // a counter is there before it counts
    }
    thread_ = std::thread([this] { run(); });
  }

  ~Queue() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    transport_->stop();
    changed_.notify_all();
    thread_.join();
    if (!waiting_.empty()) {
      count("dropped", waiting_.size());
      log::warning("mails_dropped", {{"mails", waiting_.size()}});
    }
  }

  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  Status enter(Message message) {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() >= options_.waiting_max) {
        count("overloaded");
        return make_error(ErrorCode::kOverloaded, "too many mails wait to be sent");
      }
      waiting_.push_back({.message = std::move(message), .due = std::chrono::steady_clock::now()});
      show_waiting();
    }
    changed_.notify_all();
    return {};
  }

  bool wait_until_empty(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return waiting_.empty(); });
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!ends_) {
      const auto next = std::ranges::min_element(waiting_, {}, &Waiting::due);
      if (next == waiting_.end()) {
        changed_.wait(lock);
      } else if (next->due > std::chrono::steady_clock::now()) {
        // By value: the mail stays, but the list may grow meanwhile.
        changed_.wait_until(lock, SteadyPoint(next->due));
      } else {
        // It keeps its place and counts as waiting; nobody else takes from the list.
        lock.unlock();
        const Status sent = transport_->send(next->message);
        lock.lock();
        settle(next, sent);
      }
    }
  }

  void settle(std::list<Waiting>::iterator mail, const Status& sent) {
    mail->tries += 1;
    if (sent.has_value()) {
      count("sent");
    } else if (ends_) {
      return;  // dropped, not judged
    } else if (sent.error().code() == ErrorCode::kInvalidArgument) {
      count("refused");
      log::warning("mail_refused", {{"reason", sent.error().message()}});
    } else if (mail->tries >= options_.tries_max) {
      count("given_up");
      log::error("mail_given_up", {{"tries", static_cast<std::int64_t>(mail->tries)},
                                   {"reason", sent.error().message()}});
    } else {
      count("retried");
      log::warning("mail_not_sent_yet", {{"tries", static_cast<std::int64_t>(mail->tries)},
                                         {"reason", sent.error().message()}});
      mail->due = std::chrono::steady_clock::now() + wait_after(mail->tries);
      return;
    }
    waiting_.erase(mail);
    show_waiting();
    changed_.notify_all();
  }

  std::chrono::milliseconds wait_after(unsigned tries) const {
    auto wait = options_.first_wait;
    for (unsigned i = 1; i < tries && wait < options_.wait_max; ++i) {
      wait *= 2;
    }
    return std::min(wait, options_.wait_max);
  }

  void count(const char* outcome, std::size_t by = 1) const {
    if (options_.registry != nullptr) {
      options_.registry
          ->counter("dermaga_core_mails_total",
                    "Mails by what became of them; retried counts tries, the others mails.",
                    {{"outcome", outcome}})
          .increment(static_cast<double>(by));
    }
  }

  void show_waiting() const {
    if (options_.registry != nullptr) {
      options_.registry->gauge("dermaga_core_mails_waiting", "Mails that were not sent yet.")
          .set(static_cast<double>(waiting_.size()));
    }
  }

  const std::unique_ptr<Transport> transport_;
  const OutgoingOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Waiting> waiting_;  // the thread keeps an iterator while it sends
  bool ends_ = false;
  std::thread thread_;
};

Outgoing::Outgoing(std::unique_ptr<Transport> transport, const OutgoingOptions& options)
    : queue_(std::make_unique<Queue>(std::move(transport), options)) {}

Outgoing::~Outgoing() = default;

Status Outgoing::post(Message message) {
  return queue_->enter(std::move(message));
}

bool Outgoing::wait_until_sent(std::chrono::milliseconds timeout) {
  return queue_->wait_until_empty(timeout);
}

}  // namespace dermaga::mail
