#include "random/random.h"

#include <sys/random.h>

#include <cerrno>

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

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace dermaga
