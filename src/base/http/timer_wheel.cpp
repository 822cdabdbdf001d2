#include "timer_wheel.h"

namespace dermaga::http {

void TimerWheel::Timer::disarm() {
  if (next_ != nullptr) {
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }
}

TimerWheel::TimerWheel(std::chrono::steady_clock::time_point now) : start_(now) {
  for (Anchor& slot : slots_) {
    slot.next_ = slot.previous_ = &slot;
  }
}

TimerWheel::~TimerWheel() {
  for (Anchor& slot : slots_) {
    while (slot.next_ != &slot) {
      slot.next_->disarm();
    }
  }
}

void TimerWheel::link(Timer& anchor, Timer& timer) {
  timer.previous_ = anchor.previous_;
  timer.next_ = &anchor;
  anchor.previous_->next_ = &timer;
  anchor.previous_ = &timer;
}

void TimerWheel::arm(Timer& timer, std::chrono::milliseconds delay) {
  timer.disarm();
  // One more tick, because the current one has partly passed: late is allowed, early is not.
  const auto ticks =
      static_cast<std::uint64_t>((delay + kTick - std::chrono::milliseconds(1)) / kTick);
  timer.deadline_tick_ = tick_ + ticks + 1;
  link(slots_[timer.deadline_tick_ % kSlots], timer);
}

void TimerWheel::advance(std::chrono::steady_clock::time_point now) {
  const auto target = static_cast<std::uint64_t>((now - start_) / kTick);
  while (tick_ < target) {
    ++tick_;
    fire(slots_[tick_ % kSlots]);
  }
}

void TimerWheel::fire(Timer& anchor) {
  // The due timers move to a list of their own first: a callback may arm, disarm or destroy any.
  Anchor due;
  due.next_ = due.previous_ = &due;
  for (Timer* timer = anchor.next_; timer != &anchor;) {
    Timer* next = timer->next_;
    if (timer->deadline_tick_ <= tick_) {
      timer->disarm();
      link(due, *timer);
    }
    timer = next;
  }
  while (due.next_ != &due) {
    Timer* timer = due.next_;
    timer->disarm();
    timer->on_deadline();
  }
}

}  // namespace dermaga::http
