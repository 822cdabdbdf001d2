#include "one_time_code.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <set>
#include <thread>

#include "test_identity.h"

namespace dermaga::identity {
namespace {

constexpr std::string_view kRfcSecret = "12345678901234567890";

// RFC 6238 appendix B, SHA-1: the last six of its eight digits.
TEST(TotpCode, IsThatOfTheRfc) {
  constexpr std::pair<std::int64_t, std::string_view> kVectors[] = {
      {59, "287082"},
      {1'111'111'109, "081804"},
      {1'111'111'111, "050471"},
      {1'234'567'890, "005924"},
      {2'000'000'000, "279037"},
      {20'000'000'000, "353130"},
  };
  for (const auto& [seconds, code] : kVectors) {
    EXPECT_EQ(totp_code(kRfcSecret, totp_step(from_unix_ms(seconds * 1000))), code) << seconds;
    EXPECT_EQ(totp_code(kRfcSecret, totp_step(from_unix_ms(seconds * 1000 + 999))), code);
  }
}

TEST(TotpStep, IsThatOfTheCodeOrOfANeighbour) {
  const UtcTime now = from_unix_ms(1'111'111'111'000);
  const std::int64_t step = totp_step(now);
  EXPECT_EQ(step, 1'111'111'111 / 30);
  for (const std::int64_t near : {step - 1, step, step + 1}) {
    EXPECT_EQ(totp_step_of(kRfcSecret, totp_code(kRfcSecret, near), now), near);
  }
  for (const std::int64_t far : {step - 2, step + 2, std::int64_t{1}}) {
    EXPECT_EQ(totp_step_of(kRfcSecret, totp_code(kRfcSecret, far), now), std::nullopt);
  }
  for (const auto* wrong : {"", "05047", "0504710", "50471", "o50471", " 050471", "-50471"}) {
    EXPECT_EQ(totp_step_of(kRfcSecret, wrong, now), std::nullopt) << wrong;
  }
}

TEST(TotpUri, IsWhatAuthenticatorsRead) {
  EXPECT_EQ(totp_secret_text("Hello!\xDE\xAD\xBE\xEF"), "JBSWY3DPEHPK3PXP");
  EXPECT_EQ(totp_uri("JBSWY3DPEHPK3PXP", "Toko & Senja", "siti@example.com"),
            "otpauth://totp/Toko%20%26%20Senja:siti%40example.com?secret=JBSWY3DPEHPK3PXP"
            "&issuer=Toko%20%26%20Senja&algorithm=SHA1&digits=6&period=30");
}

class OneTimeCodeTest : public IdentityTest {
 protected:
  bool use(const Person& person, std::string_view code) { return use(*connection_, person, code); }
  bool use(store::Connection& connection, const Person& person, std::string_view code) {
    auto transaction = store::Transaction::begin(connection).value();
    const bool good = use_code(connection, ports_, person.id, code).value();
    EXPECT_TRUE(transaction.commit());
    return good;
  }
  std::string code(const Person& person, int steps_away) {
    return code_at(person.totp_secret, clock_.now() + steps_away * kCodeStep);
  }
};

TEST_F(OneTimeCodeTest, EachStepIsGoodOnceAndNoOlderOne) {
  const Person siti = enrol("analyst");
  clock_.advance(kCodeStep * 10);
  EXPECT_FALSE(use(siti, code(siti, -2)));
  EXPECT_FALSE(use(siti, code(siti, +2)));
  EXPECT_TRUE(use(siti, code(siti, -1)));
  EXPECT_FALSE(use(siti, code(siti, -1))) << "a replay";
  EXPECT_TRUE(use(siti, code(siti, 0)));
  EXPECT_FALSE(use(siti, code(siti, -1))) << "an older one";
  EXPECT_TRUE(use(siti, code(siti, +1)));
  EXPECT_FALSE(use(siti, code(siti, 0))) << "an older one, though its time has not passed";
  clock_.advance(kCodeStep);
  EXPECT_FALSE(use(siti, code(siti, 0))) << "used before its time";
  clock_.advance(kCodeStep);
  EXPECT_TRUE(use(siti, code(siti, 0)));
}

TEST_F(OneTimeCodeTest, OnlyTheOwnersCodeIsGood) {
  const Person siti = enrol("analyst");
  const Person budi = enrol("analyst");
  clock_.advance(kCodeStep * 10);
  EXPECT_FALSE(use(siti, code(budi, 0)));
  EXPECT_FALSE(use(siti, wrong_code(siti)));
  EXPECT_TRUE(use(budi, code(budi, 0)));
}

TEST_F(OneTimeCodeTest, OfTwoAtOnceOneIsGood) {
  const Person siti = enrol("analyst");
  clock_.advance(kCodeStep * 10);
  const std::string one_time[] = {code(siti, 0), siti.recovery_codes[0]};
  for (const std::string& one : one_time) {
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const auto connection = shop_.database->connect().value();
        good += use(*connection, siti, one) ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_EQ(good, 1);
  }
}

TEST_F(OneTimeCodeTest, WhoeverIsOnlyInvitedHasNone) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  EXPECT_FALSE(use(siti, code_of(siti)));
  EXPECT_FALSE(use(siti, ""));
}

TEST_F(OneTimeCodeTest, RecoveryCodesAreGoodOnceAndOnlyForTheirOwner) {
  const Person siti = enrol("analyst");
  const Person budi = enrol("analyst");
  ASSERT_EQ(siti.recovery_codes.size(), kRecoveryCodes);
  EXPECT_EQ(std::set(siti.recovery_codes.begin(), siti.recovery_codes.end()).size(),
            kRecoveryCodes);
  for (const std::string& one : siti.recovery_codes) {
    EXPECT_THAT(one, testing::MatchesRegex("[a-z2-7]{4}(-[a-z2-7]{4}){5}"));
    EXPECT_FALSE(use(budi, one));
  }
  const std::string& first = siti.recovery_codes[0];
  EXPECT_TRUE(use(siti, first));
  EXPECT_FALSE(use(siti, first));
  EXPECT_EQ(identity_.factors.recovery_codes_left(siti.id), 9);
  EXPECT_EQ(identity_.factors.recovery_codes_left(budi.id), 10);
}

TEST_F(OneTimeCodeTest, RecoveryCodesAreReadAsPeopleTypeThem) {
  const Person siti = enrol("analyst");
  std::string upper = siti.recovery_codes[0];
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  EXPECT_TRUE(use(siti, upper));
  std::string bare = siti.recovery_codes[1];
  std::erase(bare, '-');
  EXPECT_FALSE(use(siti, bare.substr(0, 23)));
  EXPECT_FALSE(use(siti, bare + "a"));
  EXPECT_TRUE(use(siti, " " + bare.substr(0, 8) + " " + bare.substr(8)));
}

TEST_F(OneTimeCodeTest, NewRecoveryCodesEndTheOldOnes) {
  const Person siti = enrol("analyst");
  const auto fresh = identity_.factors.new_recovery_codes(siti.id, actor(siti)).value();
  ASSERT_EQ(fresh.size(), kRecoveryCodes);
  EXPECT_EQ(last_act(), "staff:" + siti.id.str() + " staff.new_recovery_codes " + siti.id.str());
  for (const std::string& old : siti.recovery_codes) {
    EXPECT_FALSE(use(siti, old));
  }
  for (const auto& code : fresh) {
    secrets_.emplace_back(code.reveal());
    EXPECT_TRUE(use(siti, code.reveal()));
  }
  EXPECT_EQ(identity_.factors.recovery_codes_left(siti.id), 0);
}

}  // namespace
}  // namespace dermaga::identity
