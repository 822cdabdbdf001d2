#pragma once

#include <array>
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

// Takes whole blocks from another source and hands them out in pieces: for threads that need many
// small pieces, since a call into the kernel costs more than the bytes. What was handed out is
// wiped. One thread at a time; `source` outlives it. Not for processes that fork and go on.
class BlockRandom final : public Random {
 public:
  explicit BlockRandom(Random& source) : source_(source) {}
  BlockRandom(const BlockRandom&) = delete;
  BlockRandom& operator=(const BlockRandom&) = delete;
  ~BlockRandom() override;
  void fill(void* bytes, std::size_t size) override;

 private:
  Random& source_;
  std::array<unsigned char, 1024> block_{};
  std::size_t next_ = block_.size();
};

}  // namespace dermaga
