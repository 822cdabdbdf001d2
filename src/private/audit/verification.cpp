#include "audit/verification.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "audit/audit.h"
#include "audit/witnesses.h"
#include "merkle/merkle.h"

namespace dermaga::audit {
namespace {

constexpr std::uint64_t kPage = 10'000;
constexpr std::size_t kBreachesMax = 100;

class Verifier {
 public:
  Verifier(store::Connection& connection, const Signer* signer)
      : connection_(connection), signer_(signer) {}

  Result<Verification> run(const std::optional<Checkpoint>& kept) {
    if (signer_ != nullptr) {
      RETURN_IF_ERROR(read_checkpoints());
    }
    if (signer_ != nullptr && kept.has_value()) {
      expect("the checkpoint that was kept elsewhere", *kept);
    }
    RETURN_IF_ERROR(read_entries());
    RETURN_IF_ERROR(compare_recorded_tree());
    for (const auto& [size, expected] : expected_) {
      if (size > tree_.size()) {
        breach(expected.what + " is of " + std::to_string(size) + " entries, but only " +
               std::to_string(tree_.size()) + " are there");
      }
    }
    found_.entries = tree_.size();
    return std::move(found_);
  }

 private:
  struct Expected {
    std::string what;
    std::string root;
  };

  void breach(std::string sentence) {
    if (found_.breaches.size() < kBreachesMax) {
      found_.breaches.push_back(std::move(sentence));
    }
  }

  void expect(std::string what, const Checkpoint& checkpoint) {
    if (checkpoint.origin != signer_->origin) {
      breach(what + " is of another log, " + checkpoint.origin);
    } else {
      expected_.emplace(checkpoint.size, Expected{std::move(what), checkpoint.root});
    }
  }

  Status read_checkpoints() {
    ASSIGN_OR_RETURN(witness_keys_, witness_keys(connection_));
    return connection_.query(
        "SELECT size, note FROM audit_checkpoints ORDER BY size", {},
        [this](const store::Row& row) -> Status {
          const std::string what = "checkpoint " + std::to_string(row.integer(0));
          const auto opened = signed_note::open(row.text(1), signer_->origin, signer_->public_key);
          ++found_.checkpoints;
          if (!opened.has_value()) {
            breach(what + ": " + opened.error().message());
          } else if (opened->size != static_cast<std::uint64_t>(row.integer(0))) {
            breach(what + " is signed for " + std::to_string(opened->size) + " entries");
          } else {
            expect(what, *opened);
            count_cosignatures(row.text(1));
          }
          return {};
        });
  }

  void count_cosignatures(std::string_view note) {
    bool is_countersigned = false;
    for (const std::string& name : signed_note::signer_names(note)) {
      const auto key = witness_keys_.find(name);
      if (key != witness_keys_.end() && signed_note::open(note, name, key->second).has_value()) {
        is_countersigned = true;
        witnesses_.insert(name);
      }
    }
    found_.countersigned += is_countersigned ? 1 : 0;
    found_.witnesses = witnesses_.size();
  }

  Status read_entries() {
    bool more = true;
    while (more) {
      std::uint64_t read_now = 0;
      RETURN_IF_ERROR(read_bytes(connection_, next_, kPage,
                                 [&](std::uint64_t sequence, std::string_view bytes) -> Status {
                                   ++read_now;
                                   add(sequence, bytes);
                                   return {};
                                 }));
      more = read_now == kPage;
    }
    return {};
  }

  void add(std::uint64_t sequence, std::string_view bytes) {
    if (sequence != next_) {
      breach("entries " + std::to_string(next_) + " to " + std::to_string(sequence - 1) +
             " are missing");
    }
    next_ = sequence + 1;
    tree_.append(merkle::leaf_hash(bytes));
    check_expected();
  }

  // Roots of every size between two checkpoints are alike wrong once an entry is: each is told.
  void check_expected() {
    const auto [begin, end] = expected_.equal_range(tree_.size());
    for (auto expected = begin; expected != end; ++expected) {
      if (expected->second.root != tree_.root()) {
        breach(expected->second.what + " does not fit the entries before it");
      }
    }
  }

  Status compare_recorded_tree() {
    const auto recorded = recorded_tree(connection_);
    if (!recorded.has_value() && recorded.error().code() != ErrorCode::kCorrupt) {
      return std::unexpected(recorded.error());
    }
    if (!recorded.has_value()) {
      breach("the recorded tree: " + recorded.error().message());
    } else if (recorded->size() != tree_.size()) {
      breach("the recorded tree has " + std::to_string(recorded->size()) + " entries, but " +
             std::to_string(tree_.size()) + " are there");
    } else if (recorded->to_bytes() != tree_.to_bytes()) {
      breach("the recorded tree does not fit the entries");
    }
    return {};
  }

  store::Connection& connection_;
  const Signer* signer_;
  std::map<std::string, std::string> witness_keys_;
  std::set<std::string> witnesses_;
  std::multimap<std::uint64_t, Expected> expected_;
  merkle::Frontier tree_;
  std::uint64_t next_ = 0;
  Verification found_;
};

}  // namespace

Result<Verification> verify(store::Connection& connection, const Signer* signer,
                            const std::optional<Checkpoint>& kept) {
  return Verifier(connection, signer).run(kept);
}

}  // namespace dermaga::audit
