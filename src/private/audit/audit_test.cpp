#include "audit/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "audit/checkpoint.h"
#include "audit/verification.h"
#include "audit/witnesses.h"
#include "store/store.h"
#include "test_store/test_store.h"

namespace dermaga::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Audit : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-audit-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static Act act(std::string subject) {
    return {.actor = {.name = "host:root", .source = "admin socket"},
            .action = "stock.adjust",
            .subject = std::move(subject),
            .detail = "on_hand 7",
            .reason = "counted"};
  }
  void add(int count) {
    for (int i = 0; i < count; ++i) {
      auto transaction = store::Transaction::begin(*connection_).value();
      const Act acts[] = {act("SKU " + std::to_string(i))};
      ASSERT_TRUE(append(*connection_, acts, from_unix_ms(1'000 * i)));
      ASSERT_TRUE(transaction.commit());
    }
  }
  std::string checkpoint() { return make_checkpoint(*connection_, kOrigin, key_).value(); }
  Verification verified(const std::optional<Checkpoint>& kept = std::nullopt) {
    const auto view = store::Transaction::begin(*connection_).value();
    const Signer signer{.origin = kOrigin, .public_key = key_.public_key()};
    return verify(*connection_, &signer, kept).value();
  }
  std::vector<std::string> breaches() { return verified().breaches; }
  void run(std::string_view sql) { ASSERT_TRUE(connection_->execute(sql)) << sql; }

  static inline const std::string kOrigin = "dermaga/audit/test";
  std::string folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  digest::SigningKey key_ = digest::SigningKey::generate();
};

TEST_F(Audit, EntriesAreReadBackInOrder) {
  EXPECT_EQ(recorded_tree(*connection_)->size(), 0u);
  add(3);
  std::vector<std::string> subjects;
  ASSERT_TRUE(read(*connection_, 1, 10, [&](const Entry& entry) -> Status {
    subjects.push_back(entry.act.subject);
    EXPECT_EQ(entry.sequence, subjects.size());
    EXPECT_EQ(entry.at, from_unix_ms(1'000 * static_cast<std::int64_t>(entry.sequence)));
    EXPECT_EQ(entry.act.actor.name, "host:root");
    EXPECT_EQ(entry.act.actor.source, "admin socket");
    EXPECT_EQ(entry.act.detail, "on_hand 7");
    EXPECT_EQ(entry.act.reason, "counted");
    return {};
  }));
  EXPECT_THAT(subjects, ElementsAre("SKU 1", "SKU 2"));
}

TEST_F(Audit, AnActThatIsNotStoredLeavesNoEntry) {
  add(1);
  {
    auto lost = store::Transaction::begin(*connection_).value();
    const Act acts[] = {act("lost")};
    ASSERT_TRUE(append(*connection_, acts, from_unix_ms(5)));
  }
  add(1);
  EXPECT_EQ(verified().entries, 2u);
  EXPECT_THAT(breaches(), IsEmpty());
}

TEST_F(Audit, WordsAreBoundedText) {
  auto transaction = store::Transaction::begin(*connection_).value();
  for (const std::string& word : {std::string(1'025, 'x'), std::string("\xff")}) {
    const Act acts[] = {act(word)};
    EXPECT_EQ(append(*connection_, acts, from_unix_ms(5)).error().code(),
              ErrorCode::kInvalidArgument);
  }
}

TEST_F(Audit, AnUntouchedLogVerifies) {
  EXPECT_THAT(breaches(), IsEmpty());
  EXPECT_EQ(checkpoint(), "");
  add(5);
  const std::string first = checkpoint();
  EXPECT_EQ(checkpoint(), first);
  add(6);
  (void)checkpoint();
  add(1);
  const auto kept = signed_note::open(first, kOrigin, key_.public_key()).value();
  const Verification found = verified(kept);
  EXPECT_THAT(found.breaches, IsEmpty());
  EXPECT_EQ(found.entries, 12u);
  EXPECT_EQ(found.checkpoints, 2u);
}

TEST_F(Audit, EveryByteOfEveryEntryCounts) {
  add(3);
  (void)checkpoint();
  std::vector<std::string> entries;
  ASSERT_TRUE(read_bytes(*connection_, 0, 10, [&](std::uint64_t, std::string_view bytes) -> Status {
    entries.emplace_back(bytes);
    return {};
  }));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t at = 0; at < entries[i].size(); ++at) {
      std::string changed = entries[i];
      changed[at] = changed[at] == 'x' ? 'y' : 'x';
      const auto write = [&](const std::string& bytes) {
        const store::Parameter row[] = {std::string_view(bytes), static_cast<std::int64_t>(i)};
        ASSERT_TRUE(
            connection_->execute("UPDATE audit_entries SET entry = $1 WHERE sequence = $2", row));
      };
      write(changed);
      ASSERT_FALSE(breaches().empty()) << "entry " << i << " byte " << at;
      write(entries[i]);
    }
  }
  EXPECT_THAT(breaches(), IsEmpty());
}

TEST_F(Audit, CutsGapsAndOrdersAreFound) {
  add(6);
  (void)checkpoint();
  run("UPDATE audit_entries SET sequence = 100 WHERE sequence = 2");
  EXPECT_THAT(breaches()[0], HasSubstr("entries 2 to 2 are missing"));
  run("UPDATE audit_entries SET sequence = 2 WHERE sequence = 3");
  run("UPDATE audit_entries SET sequence = 3 WHERE sequence = 100");
  EXPECT_THAT(breaches()[0], HasSubstr("checkpoint 6 does not fit"));
  run("DELETE FROM audit_entries WHERE sequence = 5");
  EXPECT_FALSE(breaches().empty());
}

// Whoever can write the database can make a tree that fits; not a signature, nor what was kept.
TEST_F(Audit, ARollbackFitsItselfButNotWhatWasKept) {
  add(4);
  const auto old_tree = recorded_tree(*connection_).value();
  add(3);
  const std::string note = checkpoint();
  const std::string subtrees = old_tree.to_bytes();
  run("DELETE FROM audit_entries WHERE sequence >= 4");
  run("DELETE FROM audit_checkpoints");
  const store::Parameter state[] = {store::Blob{subtrees}};
  ASSERT_TRUE(connection_->execute("UPDATE audit_tree SET size = 4, subtrees = $1", state));
  EXPECT_THAT(breaches(), IsEmpty());
  const auto kept = signed_note::open(note, kOrigin, key_.public_key()).value();
  EXPECT_THAT(verified(kept).breaches,
              ElementsAre(HasSubstr("kept elsewhere is of 7 entries, but only 4")));
}

TEST_F(Audit, ACheckpointUnderAnotherSizeIsFound) {
  add(2);
  (void)checkpoint();
  run("UPDATE audit_checkpoints SET size = 1");
  EXPECT_THAT(breaches()[0], HasSubstr("is signed for 2 entries"));
}

class Witnesses : public Audit {
 protected:
  static Signer witness(const digest::SigningKey& key) {
    return {.origin = signed_note::name_of_key(kWitnessPrefix, key.public_key()),
            .public_key = key.public_key()};
  }
  std::string line(const digest::SigningKey& key) {
    const auto opened = signed_note::open(checkpoint(), kOrigin, key_.public_key()).value();
    return signed_note::cosignature(opened, witness(key).origin, key);
  }
  Status keep(std::uint64_t size, const std::string& line, const digest::SigningKey& key) {
    return keep_cosignature(*connection_, size, line, witness(key));
  }
  static ErrorCode code(const Status& status) {
    return status.has_value() ? ErrorCode::kInternal : status.error().code();
  }
};

TEST_F(Witnesses, CosignaturesAreKeptWithTheirCheckpointAndCounted) {
  const auto one = digest::SigningKey::generate();
  const auto two = digest::SigningKey::generate();
  add(3);
  const std::string first = checkpoint();
  EXPECT_EQ(verified().countersigned, 0u);
  for (int twice = 0; twice < 2; ++twice) {
    ASSERT_TRUE(keep(3, line(one), one));
    ASSERT_TRUE(keep(3, line(two), two));
  }
  EXPECT_EQ(checkpoint(), first + line(one) + line(two));
  add(1);
  (void)checkpoint();
  const Verification found = verified();
  EXPECT_THAT(found.breaches, IsEmpty());
  EXPECT_EQ(found.checkpoints, 2u);
  EXPECT_EQ(found.countersigned, 1u);
  EXPECT_EQ(found.witnesses, 2u);
}

TEST_F(Witnesses, WhatIsNoCosignatureIsRefused) {
  const auto one = digest::SigningKey::generate();
  const auto two = digest::SigningKey::generate();
  add(3);
  const std::string good = line(one);
  EXPECT_EQ(code(keep(3, line(two), one)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(keep(3, good + line(two), one)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(keep(2, good, one)), ErrorCode::kNotFound);
  const Signer borrowed{.origin = witness(two).origin, .public_key = one.public_key()};
  EXPECT_EQ(code(keep_cosignature(*connection_, 3, good, borrowed)), ErrorCode::kInvalidArgument);
  add(1);
  (void)checkpoint();
  EXPECT_EQ(code(keep(4, good, one)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(verified().countersigned, 0u);
}

TEST_F(Witnesses, AreBoundedPerCheckpoint) {
  add(1);
  for (std::size_t i = 0; i < signed_note::kCosignaturesMax; ++i) {
    const auto key = digest::SigningKey::generate();
    ASSERT_TRUE(keep(1, line(key), key));
  }
  const auto late = digest::SigningKey::generate();
  EXPECT_EQ(code(keep(1, line(late), late)), ErrorCode::kOverloaded);
  EXPECT_EQ(verified().witnesses, signed_note::kCosignaturesMax);
}

TEST_F(Witnesses, GetProofsThatTheLogContinues) {
  ContinuationProver prover;
  std::vector<std::string> roots = {merkle::empty_root()};
  for (int i = 0; i < 9; ++i) {
    add(1);
    roots.push_back(recorded_tree(*connection_)->root());
  }
  for (std::uint64_t old = 1; old < 9; ++old) {
    const auto proof = prover.prove(*connection_, old, 9).value();
    EXPECT_TRUE(merkle::proves_consistency(old, roots[old], 9, roots[9], proof)) << old;
    EXPECT_EQ(prover.prove(*connection_, old, 9).value(), proof);
  }
  EXPECT_THAT(prover.prove(*connection_, 0, 9).value(), IsEmpty());
  EXPECT_THAT(prover.prove(*connection_, 9, 9).value(), IsEmpty());
  EXPECT_THAT(prover.prove(*connection_, 10, 9).value(), IsEmpty());
  run("DELETE FROM audit_entries WHERE sequence = 4");
  ContinuationProver anew;
  EXPECT_EQ(anew.prove(*connection_, 3, 9).error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace dermaga::audit
