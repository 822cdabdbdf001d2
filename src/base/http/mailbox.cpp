#include "mailbox.h"

#include <utility>

namespace dermaga::http {
namespace {

// The mailbox of the loop that this thread runs: its answers need no detour.
thread_local const Mailbox* current_mailbox = nullptr;

}  // namespace

void AnswerSlot::answer(Response response) {
  mailbox_->send(shared_from_this(), std::move(response));
}

void AnswerSlot::answer(std::shared_ptr<const PreparedResponse> response) {
  mailbox_->send(shared_from_this(), std::move(response));
}

void AnswerSlot::accept(Answer answer) {
  if (receiver_ != nullptr) {
    receiver_->deliver(std::move(answer));
  }
}

void Mailbox::send(std::shared_ptr<AnswerSlot> slot, Answer answer) {
  if (current_mailbox == this) {
    slot->accept(std::move(answer));
    return;
  }
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return;
  }
  letters_.push_back({std::move(slot), std::move(answer)});
  if (letters_.size() == 1) {
    notify_();
  }
}

void Mailbox::enter_thread() {
  current_mailbox = this;
}

void Mailbox::deliver_all() {
  std::vector<Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
  }
  for (Letter& letter : letters) {
    letter.slot->accept(std::move(letter.answer));
  }
}

void Mailbox::close() {
  std::vector<Letter> dropped;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(letters_);
}

}  // namespace dermaga::http
