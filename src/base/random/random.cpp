#include "random/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "result/result.h"

namespace dermaga {

namespace {

class SystemRandom final : public Random {
 public:
  void fill(void* bytes, std::size_t size) override {
    auto* out = static_cast<unsigned char*>(bytes);
    while (size > 0) {
      const ssize_t got = ::getrandom(out, size, 0);
      if (got < 0 && errno == EINTR) {
        continue;
      }
      CHECK(got > 0);
      out += got;
      size -= static_cast<std::size_t>(got);
    }
  }
};

}  // namespace

BlockRandom::~BlockRandom() {
  ::explicit_bzero(block_.data(), block_.size());
}

void BlockRandom::fill(void* bytes, std::size_t size) {
  auto* out = static_cast<unsigned char*>(bytes);
  while (size > 0) {
    if (next_ == block_.size()) {
      source_.fill(block_.data(), block_.size());
      next_ = 0;
    }
    const std::size_t taken = std::min(size, block_.size() - next_);
    std::memcpy(out, block_.data() + next_, taken);
    ::explicit_bzero(block_.data() + next_, taken);
    next_ += taken;
    out += taken;
    size -= taken;
  }
}

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace dermaga
