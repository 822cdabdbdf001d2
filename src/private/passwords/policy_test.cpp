#include "passwords/policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace dermaga::passwords {
namespace {

using vault::Password;

std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

std::string code_of(const std::string& password, const std::vector<std::string>& about = {}) {
  const auto list = BreachedList::open(std::nullopt);
  const auto refusal = refusal_of(Password(password), *list, about);
  EXPECT_TRUE(refusal.has_value());
  const Refusal told = refusal.value().value_or(Refusal{.code = "", .detail = "."});
  EXPECT_TRUE(told.detail.ends_with("."));
  return std::string(told.code);
}

TEST(Policy, HoldsNewPasswordsToLengthAndFormOnly) {
  const struct {
    std::string password;
    std::string_view code;
  } cases[] = {
      {"", "password_too_short"},
      {"qk3!xv9&z", "password_too_short"},
      {"qk3!xv9&zw", ""},
      {"qkxvzwjqhv", ""},  // no rules of composition
      {"         x", ""},  // ten characters, if not good ones
      {"correct horse battery staple", ""},
      {"kopi susu di teras belakang", ""},
      {"日本語の長い合言葉だよ", ""},
      {"日本語の合言葉", "password_too_short"},  // 7 characters in 21 bytes
      {repeat("😀🐢🌋", 3) + "⛵", ""},          // 10 characters
      {repeat("ab c", 31) + "defg", ""},         // 128
      {repeat("ab c", 31) + "defgh", "password_too_long"},
      {repeat("éa b", 31) + "défg", ""},  // 128 characters in 160 bytes
      {"qk3!xv9&z\xff", "password_malformed"},
      {"qk3!xv9&z\xc3", "password_malformed"},
      {"\xed\xa0\x80qk3!xv9&z", "password_malformed"},  // a surrogate
  };
  for (const auto& one : cases) {
    EXPECT_EQ(code_of(one.password), one.code) << one.password;
  }
}

TEST(Policy, RefusesCommonPasswordsAndTheirVariants) {
  for (const char* password :
       {"qwertyuiop", "1234567890", "QwertyUiop", "password123!", "Password2024", "PASSWORD!!!!",
        "basketball", "dragon2024!", "monkeymonkey", "qwertyqwerty1!", "aaaaaaaaaa", "abababababab",
        "0987654321", "poiuytrewq", "abcdefghij", "zyxwvutsrq", "7890123456",
        "11111111111111111111", "ñññññññññññ"}) {
    EXPECT_EQ(code_of(password), "password_breached") << password;
  }
  // What is common makes up less than half, or stands elsewhere.
  for (const char* password : {"dragon 82 jumps over", "qk3!xv9&zw-dragon", "passwd-is-not-enough",
                               "1990 was a wet year", "abc9431870526"}) {
    EXPECT_EQ(code_of(password), "") << password;
  }
}

TEST(Policy, RefusesWhatIsMostlyAboutTheAccount) {
  const std::vector<std::string> about = {"Siti Rahayu", "siti.rahayu@lampungmail.example",
                                          "Toko Batik Sekar", "Al Wu"};
  for (const char* password :
       {"sitirahayu", "Siti Rahayu", "SITI-RAHAYU-2024!", "rahayusiti1", "mysitirahayu",
        "siti.rahayu@lampungmail.example", "Toko Batik Sekar", "tokobatiksekar99",
        "SekarSekarSekar", "lampungmail1", "batik!batik!batik!"}) {
    EXPECT_EQ(code_of(password, about), "password_is_about_you") << password;
  }
  for (const char* password :
       {"siti likes quiet mornings", "rahayu8350274619", "batik under seven moons", "alwu-qk3xv9zw",
        "al wu and the turtle", "examples of tall trees"}) {
    EXPECT_EQ(code_of(password, about), "") << password;
  }
  EXPECT_EQ(code_of("qk3!xv9&zw", {"", "   ", "@"}), "");
  EXPECT_EQ(code_of("Élodie-Élodie-7", {"Élodie"}), "password_is_about_you");
}

}  // namespace
}  // namespace dermaga::passwords
