#pragma once

#include <atomic>
#include <thread>

namespace dermaga::link_test {

// A TCP relay on loopback for one connection at a time, which can fall silent without closing: as a
// peer whose machine lost power looks from afar.
class Relay {
 public:
  explicit Relay(int target_port);
  ~Relay();
  int port() const { return port_; }
  void freeze() { frozen_ = true; }

 private:
  void run();

  const int target_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> frozen_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace dermaga::link_test
