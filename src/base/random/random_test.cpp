#include "random/random.h"

#include <gtest/gtest.h>

namespace dermaga {
namespace {

TEST(Random, FillsEverySizeAndDiffers) {
  EXPECT_EQ(system_random().bytes(0), "");
  EXPECT_NE(system_random().bytes(32), system_random().bytes(32));
  EXPECT_EQ(system_random().bytes(1000).size(), 1000u);
}

// Counts up, so that a byte given twice or left out is seen.
class CountingRandom final : public Random {
 public:
  void fill(void* bytes, std::size_t size) override {
    for (std::size_t i = 0; i < size; ++i) {
      static_cast<unsigned char*>(bytes)[i] = static_cast<unsigned char>(next_++ % 251);
    }
  }

 private:
  std::size_t next_ = 0;
};

TEST(BlockRandom, HandsOutEveryByteOfItsSourceOnce) {
  CountingRandom source;
  CountingRandom same;
  BlockRandom random(source);
  for (const std::size_t size : {1u, 24u, 0u, 1000u, 31u, 5000u, 7u}) {
    EXPECT_EQ(random.bytes(size), same.bytes(size)) << size;
  }
}

}  // namespace
}  // namespace dermaga
