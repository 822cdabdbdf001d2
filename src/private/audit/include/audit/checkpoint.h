#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "digest/signature.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::audit {

// What the log promises of itself at one moment: its size and the Merkle root of its entries.
struct Checkpoint {
  std::string origin;  // which log: "dermaga/audit/<shop id>"
  std::uint64_t size = 0;
  std::string root;  // 32 bytes

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// Who signs: a log, or who watches it. The origin of checkpoints is their log's name.
struct Signer {
  std::string origin;
  std::string public_key;  // Ed25519, 32 bytes
};

// The C2SP verifier key, for whoever checks notes elsewhere: "name+key id+key".
std::string verifier_key(const Signer& signer);

// A C2SP signed note (c2sp.org/signed-note) whose text is a C2SP checkpoint
// (c2sp.org/tlog-checkpoint), signed with Ed25519 by the key named `origin`.
std::string sign(const Checkpoint& checkpoint, const digest::SigningKey& key);

// One more signature line under a note, by whoever watches the log (an edge) under its own name.
std::string cosign(std::string_view note, std::string_view name, const digest::SigningKey& key);

// The checkpoint of a note that carries a valid signature by this key under this name. Signatures
// of others are ignored, as the specification asks. kInvalidArgument otherwise.
Result<Checkpoint> open(std::string_view note, std::string_view name, std::string_view public_key);

// Signs the log as it is now and keeps the note with it, in a transaction of its own; the newest
// note again where nothing was appended since. Empty: the log has no entries yet.
Result<std::string> make_checkpoint(store::Connection& connection, const std::string& origin,
                                    const digest::SigningKey& key);
// The note of the newest checkpoint; empty where there is none.
Result<std::string> newest_checkpoint(store::Connection& connection);

}  // namespace dermaga::audit
