#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dermaga::http {

// Deadlines of one loop, coarse (a tenth of a second, never early): arming and disarming is a few
// pointer writes and asks no clock, so that every step of every request can have its own. One
// thread only.
class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{100};

  // Belongs to what waits; disarms itself when destroyed.
  class Timer {
   public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    virtual ~Timer() { disarm(); }

    void disarm();
    bool armed() const { return next_ != nullptr; }

   protected:
    // Already disarmed when called; may arm again.
    virtual void on_deadline() = 0;

   private:
    friend class TimerWheel;
    Timer* next_ = nullptr;
    Timer* previous_ = nullptr;
    std::uint64_t deadline_tick_ = 0;
  };

  explicit TimerWheel(std::chrono::steady_clock::time_point now);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  // Arms or moves the timer.
  void arm(Timer& timer, std::chrono::milliseconds delay);
  // Fires what is due. Called about once per tick.
  void advance(std::chrono::steady_clock::time_point now);

 private:
  static constexpr std::size_t kSlots = 1024;  // later deadlines go around again

  class Anchor final : public Timer {
    void on_deadline() override {}
  };

  static void link(Timer& anchor, Timer& timer);
  void fire(Timer& anchor);

  std::chrono::steady_clock::time_point start_;
  std::uint64_t tick_ = 0;
  std::array<Anchor, kSlots> slots_;
};

}  // namespace dermaga::http
