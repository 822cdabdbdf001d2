#include "argon2.h"

#include <gtest/gtest.h>

namespace dermaga::passwords {
namespace {

using vault::Password;

constexpr Cost kSmall{.memory_bytes = kMemoryBytesMin, .passes = 1};

// Of the test suite of the Argon2 reference implementation (src/test.c, Argon2id, version 0x13).
constexpr const char* kReferenceSmall =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
constexpr const char* kReferenceFourPasses =
    "$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$kCXUjmjvc5XMqQedpMTsOv+zyJEf5PhtGiUghW9jFyw";
constexpr const char* kReferenceDifferentPassword =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94";
constexpr const char* kReferenceTwoLanes =
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc";

// 16 and 32 bytes as PHC strings have them.
const std::string kTail = std::string(22, 'A') + "$" + std::string(43, 'A');

Cost cost_or_none(std::string_view phc) {
  return cost_of(phc).value_or(Cost{.memory_bytes = 0, .passes = 0});
}

TEST(Argon2, VerifiesTheReferenceImplementationsHashes) {
  EXPECT_EQ(argon2_verify(Password("password"), kReferenceSmall), true);
  EXPECT_EQ(argon2_verify(Password("password"), kReferenceFourPasses), true);
  EXPECT_EQ(argon2_verify(Password("differentpassword"), kReferenceDifferentPassword), true);
  EXPECT_EQ(argon2_verify(Password("passwore"), kReferenceSmall), false);
  EXPECT_EQ(argon2_verify(Password("password"), kReferenceDifferentPassword), false);
}

TEST(Argon2, HashesWithANewSaltAtTheCostAsked) {
  const Password password("garuda di atas awan");
  const auto first = argon2_hash(password, kSmall);
  const auto second = argon2_hash(password, {.memory_bytes = 16 * 1024, .passes = 3});
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << *first;
  EXPECT_TRUE(second->starts_with("$argon2id$v=19$m=16,t=3,p=1$")) << *second;
  EXPECT_NE(*first, argon2_hash(password, kSmall).value());
  EXPECT_EQ(argon2_verify(password, *first), true);
  EXPECT_EQ(argon2_verify(password, *second), true);
}

TEST(Argon2, EveryByteOfAPasswordCounts) {
  const std::string long_text(kPasswordBytesMax, 'x');
  const auto phc = argon2_hash(Password(long_text), kSmall);
  ASSERT_TRUE(phc);
  EXPECT_EQ(argon2_verify(Password(long_text), *phc), true);
  EXPECT_EQ(argon2_verify(Password(long_text.substr(1)), *phc), false);

  const auto with_nul = argon2_hash(Password(std::string("a\0b", 3)), kSmall);
  ASSERT_TRUE(with_nul);
  EXPECT_EQ(argon2_verify(Password(std::string("a\0c", 3)), *with_nul), false);
  EXPECT_EQ(argon2_verify(Password(""), *with_nul), false);
}

TEST(Argon2, ReadsTheCostOfAHash) {
  const Cost cost = cost_or_none("$argon2id$v=19$m=65536,t=2,p=1$" + kTail);
  EXPECT_EQ(cost.memory_bytes, std::size_t{64} * 1024 * 1024);
  EXPECT_EQ(cost.passes, 2U);
  EXPECT_TRUE(cost_of("$argon2id$v=19$m=262144,t=10,p=1$" + kTail).has_value());
  EXPECT_TRUE(cost_of("$argon2id$v=19$m=8,t=1,p=1$" + kTail).has_value());
}

TEST(Argon2, RefusesWhatIsNoHashOfThisKindOrTooDear) {
  const std::string cases[] = {
      "",
      "password",
      "$2y$10$2ABnxzGfyOIgz3woKaJBm.x0akaprqcqVFkkbao/1ullk7lIZEd",
      "$argon2i$v=19$m=65536,t=2,p=1$" + kTail,
      "$argon2d$v=19$m=65536,t=2,p=1$" + kTail,
      "$argon2id$v=16$m=65536,t=2,p=1$" + kTail,
      "$argon2id$m=65536,t=2,p=1$" + kTail,
      kReferenceTwoLanes,
      "$argon2id$v=19$m=262145,t=2,p=1$" + kTail,
      "$argon2id$v=19$m=4294967295,t=2,p=1$" + kTail,
      "$argon2id$v=19$m=99999999999999999999,t=2,p=1$" + kTail,
      "$argon2id$v=19$m=65536,t=11,p=1$" + kTail,
      "$argon2id$v=19$m=65536,t=0,p=1$" + kTail,
      "$argon2id$v=19$m=7,t=1,p=1$" + kTail,
      "$argon2id$v=19$m=-8,t=1,p=1$" + kTail,
      "$argon2id$v=19$m=065536,t=2,p=1$" + kTail,
      "$argon2id$v=19$m=,t=2,p=1$" + kTail,
      "$argon2id$v=19$m=",
      "$argon2id$v=19$m=65536,t=2,p=1",
      "$argon2id$v=19$m=65536,t=2,p=1$",
      "$argon2id$v=19$m=65536,t=2,p=1$" + std::string(22, 'A'),
      "$argon2id$v=19$m=65536,t=2,p=1$AAAA$" + std::string(43, 'A'),
      "$argon2id$v=19$m=65536,t=2,p=1$" + std::string(22, 'A') + "$AAAA",
      "$argon2id$v=19$m=65536,t=2,p=1$" + std::string(22, 'A') + "$" + std::string(42, 'A') + "B",
      "$argon2id$v=19$m=65536,t=2,p=1$" + std::string(22, 'A') + "$" + std::string(100, 'A'),
      "$argon2id$v=19$m=65536,t=2,p=1$" + std::string(22, '-') + "$" + std::string(43, 'A'),
      "$argon2id$v=19$m=65536,t=2,p=1$" + kTail + "$",
      "$argon2id$v=19$m=65536,t=2,p=1$" + kTail + " ",
      "$argon2id$v=19$m=65536,t=2,p=1$" + kTail + std::string(1, '\0'),
  };
  for (const std::string& phc : cases) {
    EXPECT_FALSE(cost_of(phc).has_value()) << phc;
    const auto matches = argon2_verify(Password("kopi tubruk pagi"), phc);
    ASSERT_FALSE(matches.has_value()) << phc;
    EXPECT_EQ(matches.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(matches.error().message().find("kopi"), std::string::npos);
  }
}

// A mismatch, not kCorrupt: libsodium took it for a hash and computed another one at its cost.
TEST(Argon2, NobodysHashIsComputedLikeAnyOther) {
  const Cost cost{.memory_bytes = 32 * 1024, .passes = 3};
  const std::string nobody = nobodys_phc(cost);
  const Cost read = cost_or_none(nobody);
  EXPECT_EQ(read.memory_bytes, cost.memory_bytes);
  EXPECT_EQ(read.passes, cost.passes);
  const auto real = argon2_hash(Password("x"), cost);
  ASSERT_TRUE(real.has_value());
  EXPECT_EQ(nobody.size(), real->size());
  EXPECT_EQ(argon2_verify(Password("kopi tubruk pagi"), nobody), false);
}

}  // namespace
}  // namespace dermaga::passwords
