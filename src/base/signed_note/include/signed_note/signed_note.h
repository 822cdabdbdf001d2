#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "digest/signature.h"
#include "result/result.h"

namespace dermaga::signed_note {

// What a log promises of itself at one moment: its size and the Merkle root of its entries.
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

// Of witnesses under one note; further ones are refused.
inline constexpr std::size_t kCosignaturesMax = 16;

// The C2SP verifier key, for whoever checks notes elsewhere: "name+key id+key".
std::string verifier_key(const Signer& signer);

// A name that follows from the key, so that nobody can sign under another's: "edge-<16 hex
// digits>".
std::string name_of_key(std::string_view prefix, std::string_view public_key);

// A C2SP signed note (c2sp.org/signed-note) whose text is a C2SP checkpoint
// (c2sp.org/tlog-checkpoint), signed with Ed25519 by the key named `origin`.
std::string sign(const Checkpoint& checkpoint, const digest::SigningKey& key);

// The signature line, its line feed included, that whoever watches the log (an edge) puts under the
// checkpoint's note under a name of its own.
std::string cosignature(const Checkpoint& checkpoint, std::string_view name,
                        const digest::SigningKey& key);

// The note with that line under it; the same note where the witness has signed it already.
// kInvalidArgument unless the line is one valid signature by this witness over this note;
// kOverloaded where the note has kCosignaturesMax.
Result<std::string> add_cosignature(std::string_view note, std::string_view line,
                                    const Signer& witness);

// The checkpoint of a note that carries a valid signature by this key under this name. Signatures
// of others are ignored, as the specification asks. kInvalidArgument otherwise.
Result<Checkpoint> open(std::string_view note, std::string_view name, std::string_view public_key);

// The names under a note, in its order, whether their signatures hold or not; none where it is no
// note.
std::vector<std::string> signer_names(std::string_view note);

}  // namespace dermaga::signed_note
