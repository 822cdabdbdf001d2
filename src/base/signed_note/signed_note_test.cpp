#include "signed_note/signed_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dermaga::signed_note {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SignedNote : public testing::Test {
 protected:
  static Signer as(std::string name, const digest::SigningKey& key) {
    return {.origin = std::move(name), .public_key = key.public_key()};
  }
  static inline const std::string kOrigin = "dermaga/audit/test";
  digest::SigningKey key_ = digest::SigningKey::generate();
  digest::SigningKey other_ = digest::SigningKey::generate();
  Checkpoint checkpoint_{.origin = kOrigin, .size = 2, .root = std::string(32, 'r')};
  std::string note_ = sign(checkpoint_, key_);
};

TEST_F(SignedNote, ComesBackToWhoeverHasTheKey) {
  EXPECT_EQ(open(note_, kOrigin, key_.public_key()).value(), checkpoint_);
  EXPECT_TRUE(note_.starts_with("dermaga/audit/test\n2\n"));
  EXPECT_THAT(signer_names(note_), ElementsAre(kOrigin));
  EXPECT_THAT(signer_names("not a note"), IsEmpty());
}

TEST_F(SignedNote, OfOthersIsRefused) {
  EXPECT_FALSE(open(note_, kOrigin, other_.public_key()).has_value());
  EXPECT_FALSE(open(note_, "dermaga/audit/other", key_.public_key()).has_value());
  for (std::size_t i = 0; i < note_.size(); ++i) {
    std::string changed = note_;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open(changed, kOrigin, key_.public_key()).has_value()) << i;
  }
  for (std::size_t length = 0; length < note_.size(); ++length) {
    EXPECT_FALSE(open(note_.substr(0, length), kOrigin, key_.public_key()).has_value()) << length;
  }
}

TEST_F(SignedNote, TakesCosignatures) {
  const std::string line = cosignature(checkpoint_, "edge-1", other_);
  const std::string cosigned = add_cosignature(note_, line, as("edge-1", other_)).value();
  EXPECT_EQ(cosigned, note_ + line);
  EXPECT_EQ(open(cosigned, kOrigin, key_.public_key()).value(), checkpoint_);
  EXPECT_EQ(open(cosigned, "edge-1", other_.public_key()).value(), checkpoint_);
  EXPECT_EQ(add_cosignature(cosigned, line, as("edge-1", other_)).value(), cosigned);
  EXPECT_THAT(signer_names(cosigned), ElementsAre(kOrigin, "edge-1"));
}

TEST_F(SignedNote, TakesNothingElseForACosignature) {
  const std::string line = cosignature(checkpoint_, "edge-1", other_);
  Checkpoint grown = checkpoint_;
  grown.size = 3;
  const std::string lines[] = {"",
                               "\n",
                               "x",
                               line.substr(0, line.size() - 1),
                               line + line,
                               "\n" + line,
                               line + "\n" + line,
                               cosignature(checkpoint_, "edge-2", other_),
                               cosignature(checkpoint_, "edge-1", key_),
                               cosignature(grown, "edge-1", other_)};
  for (const std::string& bad : lines) {
    const auto added = add_cosignature(note_, bad, as("edge-1", other_));
    ASSERT_FALSE(added.has_value()) << bad;
    EXPECT_EQ(added.error().code(), ErrorCode::kInvalidArgument) << bad;
  }
}

TEST_F(SignedNote, HasRoomForSoManyCosignatures) {
  std::string note = note_;
  for (std::size_t i = 0; i < kCosignaturesMax; ++i) {
    const std::string name = "edge-" + std::to_string(i);
    note = add_cosignature(note, cosignature(checkpoint_, name, other_), as(name, other_)).value();
  }
  const auto full =
      add_cosignature(note, cosignature(checkpoint_, "late", other_), as("late", other_));
  EXPECT_EQ(full.error().code(), ErrorCode::kOverloaded);
  EXPECT_TRUE(open(note, kOrigin, key_.public_key()).has_value());
}

TEST_F(SignedNote, NamesFollowFromKeys) {
  const std::string name = name_of_key("edge", key_.public_key());
  EXPECT_EQ(name.size(), 21u);
  EXPECT_TRUE(name.starts_with("edge-"));
  EXPECT_NE(name, name_of_key("edge", other_.public_key()));
}

}  // namespace
}  // namespace dermaga::signed_note
