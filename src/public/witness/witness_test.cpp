#include "witness/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "countersigner.h"
#include "files/files.h"
#include "merkle/merkle.h"

namespace dermaga::witness {
namespace {

using ::testing::HasSubstr;

// Core's log as a witness sees it: entries that a test may rewrite, signed on demand.
class FakeLog {
 public:
  void append(int count) {
    for (int i = 0; i < count; ++i) {
      leaves_.push_back(merkle::leaf_hash("entry " + std::to_string(leaves_.size())));
    }
  }
  void rewrite(std::size_t from) {
    for (std::size_t i = from; i < leaves_.size(); ++i) {
      leaves_[i] = merkle::leaf_hash("other " + std::to_string(i));
    }
  }
  void cut(std::size_t size) { leaves_.resize(size); }
  signed_note::Signer signer() const {
    return {.origin = kOrigin, .public_key = key_.public_key()};
  }
  signed_note::Checkpoint checkpoint() const {
    return {.origin = kOrigin, .size = leaves_.size(), .root = root()};
  }
  contract::WitnessAnswer answer(std::uint64_t old_size) const {
    contract::WitnessAnswer answer;
    if (!leaves_.empty()) {
      answer.note = signed_note::sign(checkpoint(), key_);
    }
    if (old_size > 0 && old_size < leaves_.size()) {
      answer.proof = merkle::consistency_proof(old_size, leaves_.size(), leaf()).value();
    }
    return answer;
  }

 private:
  static inline const std::string kOrigin = "dermaga/audit/test";
  merkle::LeafAt leaf() const {
    return [this](std::uint64_t index) -> Result<std::string> { return leaves_[index]; };
  }
  std::string root() const { return merkle::subtree_root(0, leaves_.size(), leaf()).value(); }

  digest::SigningKey key_ = digest::SigningKey::generate();
  std::vector<std::string> leaves_;
};

class Witnesses : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-witness-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file() const { return folder_ + "/audit-witness.json"; }
  Countersigner opened() const { return Countersigner::open(file()).value(); }
  Countersigner pinned() const {
    Countersigner countersigner = opened();
    EXPECT_TRUE(countersigner.pin(log_.signer()));
    return countersigner;
  }
  Result<bool> round(Countersigner& countersigner) const {
    return countersigner.take(log_.answer(countersigner.size()));
  }
  // Stopped, now and after a restart, until the file is gone.
  void expect_stopped(Countersigner& countersigner, const std::string& why) {
    const auto taken = round(countersigner);
    ASSERT_FALSE(taken.has_value());
    EXPECT_EQ(taken.error().code(), ErrorCode::kCorrupt);
    EXPECT_THAT(taken.error().message(), HasSubstr(why));
    Countersigner restarted = opened();
    EXPECT_THAT(restarted.stopped(), HasSubstr(why));
    EXPECT_EQ(restarted.pin(log_.signer()).error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(round(restarted).error().code(), ErrorCode::kCorrupt);
    std::filesystem::remove(file());
    Countersigner anew = pinned();
    EXPECT_EQ(anew.size(), 0u);
    EXPECT_TRUE(round(anew).value());
  }

  std::string folder_;
  FakeLog log_;
};

TEST_F(Witnesses, CountersignALogThatGrows) {
  Countersigner countersigner = pinned();
  EXPECT_FALSE(round(countersigner).value());  // nothing there yet
  EXPECT_EQ(countersigner.request().cosignature, "");
  for (const int more : {1, 1, 5, 20}) {
    log_.append(more);
    EXPECT_TRUE(round(countersigner).value());
    EXPECT_FALSE(round(countersigner).value());
    const auto request = countersigner.request();
    EXPECT_EQ(request.size, log_.checkpoint().size);
    const std::string note = log_.answer(0).note;
    EXPECT_TRUE(
        signed_note::open(note + request.cosignature, request.witness_name, request.public_key));
  }
}

TEST_F(Witnesses, KeepWhatTheyCountersigned) {
  log_.append(3);
  Countersigner first = pinned();
  ASSERT_TRUE(round(first).value());
  struct stat status{};
  ASSERT_EQ(stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  Countersigner second = opened();
  EXPECT_EQ(second.request().cosignature, first.request().cosignature);
  log_.append(4);
  EXPECT_TRUE(second.pin(log_.signer()));
  EXPECT_TRUE(round(second).value());
}

TEST_F(Witnesses, CountersignNothingThatTheDiskDoesNotTake) {
  Countersigner countersigner = pinned();
  log_.append(2);
  std::filesystem::remove_all(folder_);
  EXPECT_FALSE(round(countersigner).has_value());
  EXPECT_EQ(countersigner.size(), 0u);
  EXPECT_EQ(countersigner.stopped(), "");
}

TEST_F(Witnesses, StopAtAnotherHistory) {
  log_.append(5);
  Countersigner countersigner = pinned();
  ASSERT_TRUE(round(countersigner).value());
  log_.rewrite(3);
  log_.append(2);
  expect_stopped(countersigner, "nothing proves that the 7 of now begin with them");
}

TEST_F(Witnesses, StopAtOtherEntriesOfTheSameSize) {
  log_.append(5);
  Countersigner countersigner = pinned();
  ASSERT_TRUE(round(countersigner).value());
  log_.rewrite(4);
  expect_stopped(countersigner, "countersigned 5 entries, now they are others");
}

TEST_F(Witnesses, StopAtAShorterLog) {
  log_.append(5);
  Countersigner countersigner = pinned();
  ASSERT_TRUE(round(countersigner).value());
  log_.cut(4);
  expect_stopped(countersigner, "countersigned 5 entries, now there are 4");
}

TEST_F(Witnesses, StopAtALogThatIsGone) {
  log_.append(5);
  Countersigner countersigner = pinned();
  ASSERT_TRUE(round(countersigner).value());
  EXPECT_EQ(countersigner.take({}).error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(opened().stopped(), HasSubstr("now there are none"));
}

TEST_F(Witnesses, StopAtAnotherKeyOrOrigin) {
  auto other = log_.signer();
  other.public_key = digest::SigningKey::generate().public_key();
  EXPECT_EQ(pinned().pin(other).error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(opened().stopped(), HasSubstr("key is another one"));
  std::filesystem::remove(file());
  other = log_.signer();
  other.origin = "dermaga/audit/other";
  EXPECT_EQ(pinned().pin(other).error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(opened().stopped(), HasSubstr("now it is dermaga/audit/other"));
}

// Not a word of core's: nothing follows from it.
TEST_F(Witnesses, GoOnAfterANoteThatIsNotTheLogs) {
  log_.append(2);
  Countersigner countersigner = pinned();
  ASSERT_TRUE(round(countersigner).value());
  FakeLog foreign;
  foreign.append(9);
  EXPECT_EQ(countersigner.take(foreign.answer(2)).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(countersigner.take({.note = "?", .proof = {}}).error().code(),
            ErrorCode::kInvalidArgument);
  log_.append(1);
  EXPECT_TRUE(round(countersigner).value());
}

TEST_F(Witnesses, RefuseAFileThatIsBrokenOrReadByOthers) {
  log_.append(2);
  Countersigner countersigner = pinned();
  ASSERT_TRUE(round(countersigner).value());
  const std::string good = files::read_file(file(), 1 << 20).value();
  std::filesystem::permissions(file(), std::filesystem::perms(0644));
  EXPECT_EQ(Countersigner::open(file()).error().code(), ErrorCode::kForbidden);
  for (const std::string& bad : {std::string(), std::string("{}"), good + "x", "{" + good}) {
    ASSERT_TRUE(files::write_file_atomically(file(), bad, 0600));
    EXPECT_EQ(Countersigner::open(file()).error().code(), ErrorCode::kCorrupt) << bad;
  }
}

class FakeCore final : public WitnessedCore {
 public:
  bool connected() const override { return true; }
  void witness(const contract::WitnessRequest& request,
               std::function<void(Result<contract::WitnessAnswer>)> done) override {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      changed_.notify_all();
    }
    done(log.answer(request.size));
  }
  // The first request that asks after `size`, within 10 s.
  bool asked(std::uint64_t size) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      return std::ranges::any_of(requests_,
                                 [&](const auto& request) { return request.size == size; });
    });
  }
  FakeLog log;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<contract::WitnessRequest> requests_;
};

TEST_F(Witnesses, AskAgainAndAgain) {
  FakeCore core;
  core.log.append(3);
  metrics::Registry registry;
  {
    const auto witness = Witness::start(
        {.file = file(), .every = std::chrono::milliseconds(20), .registry = &registry}, core,
        system_random());
    contract::EdgeKeys keys;
    witness->on_keys(keys);  // of a core that has nothing to witness
    keys.audit_origin = core.log.signer().origin;
    keys.audit_public_key = core.log.signer().public_key;
    witness->on_keys(keys);
    EXPECT_TRUE(core.asked(0));
    EXPECT_TRUE(core.asked(3));
  }
  EXPECT_THAT(registry.exposition(), HasSubstr("dermaga_edge_audit_countersigned_size 3"));
  EXPECT_THAT(registry.exposition(), HasSubstr("dermaga_edge_audit_log_rewritten 0"));
  core.log.rewrite(0);
  Countersigner countersigner = opened();
  EXPECT_FALSE(countersigner.take(core.log.answer(3)).has_value());
  const auto restarted =
      Witness::start({.file = file(), .registry = &registry}, core, system_random());
  EXPECT_THAT(registry.exposition(), HasSubstr("dermaga_edge_audit_log_rewritten 1"));
}

}  // namespace
}  // namespace dermaga::witness
