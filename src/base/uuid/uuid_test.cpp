#include "uuid/uuid.h"

#include <gtest/gtest.h>

namespace dermaga {
namespace {

// RFC 9562, appendix A.6.
constexpr std::string_view kOfTheRfc = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
constexpr std::int64_t kItsMs = 0x017f22e279b0;

class Fixed final : public Random {
 public:
  explicit Fixed(std::string bytes) : bytes_(std::move(bytes)) {}
  void fill(void* out, std::size_t size) override { bytes_.copy(static_cast<char*>(out), size); }

 private:
  std::string bytes_;
};

TEST(Uuid7, IsTheOneOfTheRfc) {
  Fixed random(std::string(6, '\0') + "\x0c\xc3\x18\xc4\xdc\x0c\x0c\x07\x39\x8f");
  EXPECT_EQ(make_uuid7(from_unix_ms(kItsMs), random), kOfTheRfc);
  EXPECT_EQ(time_of_uuid7(kOfTheRfc), from_unix_ms(kItsMs));
}

TEST(Uuid7, LaterOnesAreGreater) {
  const std::string early = make_uuid7(from_unix_ms(1'795'000'000'000), system_random());
  const std::string late = make_uuid7(from_unix_ms(1'795'000'000'001), system_random());
  EXPECT_LT(early, late);
  EXPECT_NE(early, make_uuid7(from_unix_ms(1'795'000'000'000), system_random()));
}

TEST(Uuid7, NothingElseHasATime) {
  const std::string good(kOfTheRfc);
  for (const char* text : {
           "",
           "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
           "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
           "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
           "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
           "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
           "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
           "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
           "017f22g2-79b0-7cc3-98c4-dc0c0c07398f",
       }) {
    EXPECT_FALSE(time_of_uuid7(text).has_value()) << text;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string spoilt = good;
    spoilt[i] = '\xff';
    EXPECT_FALSE(time_of_uuid7(spoilt).has_value()) << i;
  }
}

}  // namespace
}  // namespace dermaga
