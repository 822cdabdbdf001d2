#include "audit/witnesses.h"

#include "audit/audit.h"
#include "merkle/merkle.h"

namespace dermaga::audit {
namespace {

constexpr std::int64_t kWitnessesMax = 1'000;
constexpr std::size_t kProofsMax = 64;
constexpr std::uint64_t kPage = 1'000;

// Leaf hashes by number, read a page at a time: proofs ask for runs of neighbours.
class Leaves {
 public:
  explicit Leaves(store::Connection& connection) : connection_(connection) {}

  Result<std::string> at(std::uint64_t index) {
    if (index < first_ || index - first_ >= page_.size()) {
      RETURN_IF_ERROR(load(index));
    }
    return page_[index - first_];
  }

 private:
  Status load(std::uint64_t index) {
    first_ = index;
    page_.clear();
    RETURN_IF_ERROR(read_bytes(connection_, index, kPage,
                               [this](std::uint64_t sequence, std::string_view bytes) -> Status {
                                 if (sequence != first_ + page_.size()) {
                                   return missing(first_ + page_.size());
                                 }
                                 page_.push_back(merkle::leaf_hash(bytes));
                                 return {};
                               }));
    return page_.empty() ? missing(index) : Status();
  }

  static Status missing(std::uint64_t index) {
    return make_error(ErrorCode::kCorrupt, "audit entry " + std::to_string(index) + " is missing");
  }

  store::Connection& connection_;
  std::uint64_t first_ = 0;
  std::vector<std::string> page_;
};

Result<std::string> note_of_size(store::Connection& connection, std::uint64_t size) {
  std::string note;
  const store::Parameter key[] = {static_cast<std::int64_t>(size)};
  RETURN_IF_ERROR(connection.query("SELECT note FROM audit_checkpoints WHERE size = $1", key,
                                   [&note](const store::Row& row) -> Status {
                                     note = row.text(0);
                                     return {};
                                   }));
  if (note.empty()) {
    return make_error(ErrorCode::kNotFound,
                      "there is no checkpoint of " + std::to_string(size) + " entries");
  }
  return note;
}

Status remember(store::Connection& connection, const Signer& witness) {
  std::int64_t known = 0;
  const store::Parameter name[] = {std::string_view(witness.origin)};
  RETURN_IF_ERROR(connection.query("SELECT COUNT(*) FROM audit_witnesses WHERE name <> $1", name,
                                   [&known](const store::Row& row) -> Status {
                                     known = row.integer(0);
                                     return {};
                                   }));
  if (known >= kWitnessesMax) {
    return make_error(ErrorCode::kOverloaded, "the audit log has all the witnesses it can take");
  }
  const store::Parameter row[] = {std::string_view(witness.origin),
                                  store::Blob{witness.public_key}};
  RETURN_IF_ERROR(
      connection.execute("INSERT INTO audit_witnesses (name, public_key) VALUES ($1, $2) ON "
                         "CONFLICT (name) DO NOTHING",
                         row));
  return {};
}

}  // namespace

Status keep_cosignature(store::Connection& connection, std::uint64_t size, std::string_view line,
                        const Signer& witness) {
  if (witness.origin != signed_note::name_of_key(kWitnessPrefix, witness.public_key)) {
    return make_error(ErrorCode::kInvalidArgument, "a witness's name must follow from its key");
  }
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  ASSIGN_OR_RETURN(const std::string note, note_of_size(connection, size));
  ASSIGN_OR_RETURN(const std::string cosigned, signed_note::add_cosignature(note, line, witness));
  if (cosigned == note) {
    return {};
  }
  RETURN_IF_ERROR(remember(connection, witness));
  // Another witness may have been faster: this one will be back with the same line.
  const store::Parameter row[] = {static_cast<std::int64_t>(size), std::string_view(note),
                                  std::string_view(cosigned)};
  RETURN_IF_ERROR(connection.execute(
      "UPDATE audit_checkpoints SET note = $3 WHERE size = $1 AND note = $2", row));
  return transaction.commit();
}

Result<std::map<std::string, std::string>> witness_keys(store::Connection& connection) {
  std::map<std::string, std::string> keys;
  RETURN_IF_ERROR(connection.query("SELECT name, public_key FROM audit_witnesses", {},
                                   [&keys](const store::Row& row) -> Status {
                                     keys.emplace(row.text(0), row.blob(1));
                                     return {};
                                   }));
  return keys;
}

Result<std::vector<std::string>> ContinuationProver::prove(store::Connection& connection,
                                                           std::uint64_t old_size,
                                                           std::uint64_t size) {
  if (old_size == 0 || old_size >= size) {
    return std::vector<std::string>();
  }
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) {
    return make_error(ErrorCode::kUnavailable, "another proof is being made; ask again");
  }
  const auto sizes = std::pair(old_size, size);
  if (const auto known = known_.find(sizes); known != known_.end()) {
    return known->second;
  }
  Leaves leaves(connection);
  ASSIGN_OR_RETURN(
      auto proof, merkle::consistency_proof(
                      old_size, size, [&leaves](std::uint64_t index) { return leaves.at(index); }));
  if (known_.size() >= kProofsMax) {
    known_.clear();
  }
  return known_.emplace(sizes, std::move(proof)).first->second;
}

}  // namespace dermaga::audit
