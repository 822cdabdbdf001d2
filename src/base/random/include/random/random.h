#pragma once

#include <cstddef>
#include <string>

namespace dermaga {

// Unpredictable bytes as a dependency, so that the simulator can replay a run. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(void* bytes, std::size_t size) = 0;

  std::string bytes(std::size_t size) {
    std::string out(size, '\0');
    fill(out.data(), size);
    return out;
  }
};

// The kernel's generator (getrandom). One shared instance; ends the process if the kernel fails.
Random& system_random();

}  // namespace dermaga
