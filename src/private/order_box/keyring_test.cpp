#include "order_box/keyring.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "random/random.h"
#include "sealing/key_set.h"

namespace dermaga::order_box {
namespace {

class KeyringTest : public testing::Test {
 protected:
  KeyringTest() {
    char pattern[] = "/tmp/dermaga-keyring-XXXXXX";
    folder_ = mkdtemp(pattern);
    vault_ = vault::Vault::open(folder_, system_random()).value();
    keyring_ = reopen();
  }
  ~KeyringTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<SealingKeyring> reopen() {
    return SealingKeyring::open(*vault_, signer_, clock_).value();
  }
  std::vector<sealing::PublicKey> published() const {
    return sealing::read_key_set(keyring_->public_set_json(), signer_.public_key()).value();
  }
  static std::string seal(const sealing::PublicKey& key, std::string_view text) {
    return sealing::seal(key, text, system_random()).value();
  }

  std::string folder_;
  std::unique_ptr<vault::Vault> vault_;
  digest::SigningKey signer_ = digest::SigningKey::generate();
  ManualClock clock_{from_unix_ms(1'795'000'000'000)};
  std::unique_ptr<SealingKeyring> keyring_;
};

TEST_F(KeyringTest, PublishesASignedSetAndOpensItsBoxes) {
  ASSERT_EQ(published().size(), 1u);
  const std::string box = seal(published().front(), "{}");
  EXPECT_EQ(keyring_->open_box(box).value(), "{}");
  EXPECT_EQ(reopen()->open_box(box).value(), "{}");
  EXPECT_EQ(reopen()->public_set_json(), keyring_->public_set_json());
  sealing::PublicKey unnamed = published().front();
  unnamed.kid.clear();
  EXPECT_EQ(keyring_->open_box(seal(unnamed, "{}")).value(), "{}");
}

TEST_F(KeyringTest, RotationKeepsEarlierKeysForAWhile) {
  const sealing::PublicKey first = published().front();
  ASSERT_TRUE(keyring_->rotate().has_value());
  ASSERT_EQ(published().size(), 2u);
  EXPECT_NE(published().front().kid, first.kid);
  EXPECT_EQ(published().back().kid, first.kid);
  EXPECT_EQ(keyring_->open_box(seal(first, "{}")).value(), "{}");
  EXPECT_EQ(reopen()->open_box(seal(first, "{}")).value(), "{}");
  EXPECT_EQ(keyring_->open_box(seal(published().front(), "{}")).value(), "{}");

  clock_.advance(SealingKeyring::kRetiredLifetime + std::chrono::hours(1));
  ASSERT_TRUE(keyring_->rotate().has_value());
  EXPECT_EQ(keyring_->open_box(seal(first, "{}")).error().message(), "box_unknown_key");
  EXPECT_EQ(published().size(), 2u);
}

TEST_F(KeyringTest, RotationIsBounded) {
  for (std::size_t i = 1; i < SealingKeyring::kKeysMax; ++i) {
    ASSERT_TRUE(keyring_->rotate().has_value()) << i;
  }
  const std::string before = keyring_->public_set_json();
  EXPECT_EQ(keyring_->rotate().error().code(), ErrorCode::kOverloaded);
  EXPECT_EQ(keyring_->public_set_json(), before);
}

TEST_F(KeyringTest, RefusalsComeFromTheOpener) {
  const auto stranger = sealing::PublicKey{
      .kid = "stranger", .point = sealing::public_point(std::string(31, '\0') + '\x07')};
  EXPECT_EQ(keyring_->open_box(seal(stranger, "{}")).error().message(), "box_unknown_key");
  EXPECT_EQ(keyring_->open_box("nothing").error().message(), "box_malformed");
}

TEST_F(KeyringTest, BrokenKeptKeysAreRefused) {
  for (const std::string_view kept :
       {"", "{}", R"({"v":1,"keys":[]})", R"({"v":2,"keys":[]})",
        R"({"v":1,"keys":[{"jwk":"{}","retired_ms":0}]})", R"({"v":1,"keys":[{}]})"}) {
    ASSERT_TRUE(vault_->keep_purpose_secret("sealing-keys", kept).has_value());
    const auto opened = SealingKeyring::open(*vault_, signer_, clock_);
    ASSERT_FALSE(opened.has_value()) << kept;
    EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(vault_->read_purpose_secret("sealing-keys").value(), kept);
  }
}

}  // namespace
}  // namespace dermaga::order_box
