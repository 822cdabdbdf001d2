#pragma once

#include <cstdint>
#include <vector>

#include "random/random.h"

namespace dermaga::simulation {

// Everything that is left to chance in one run, from its seed alone (splitmix64). Also the Random
// of the code under test.
class Chance final : public Random {
 public:
  explicit Chance(std::uint64_t seed)
      : state_(seed * 0x9e3779b97f4a7c15ULL + 0x632be59bd9b4e019ULL) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // 0 to count - 1; count > 0.
  std::uint64_t below(std::uint64_t count) { return next() % count; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
  }
  // True once in `times`; never when 0.
  bool once_in(std::uint64_t times) { return times != 0 && below(times) == 0; }
  template <typename T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  void fill(void* bytes, std::size_t size) override {
    auto* out = static_cast<unsigned char*>(bytes);
    for (std::size_t i = 0; i < size; ++i) {
      out[i] = static_cast<unsigned char>(next() >> 24);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace dermaga::simulation
