#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dermaga::contract {

// Edges are witnesses of core's audit log (docs/reference/audit.md): each countersigns a checkpoint
// only where it continues the one it countersigned before.

struct WitnessRequest {
  std::uint64_t size = 0;    // of the checkpoint that was countersigned last; 0: none yet
  std::string cosignature;   // its signature line by this witness; empty where size is 0
  std::string witness_name;  // "edge-<key id>", which follows from the key
  std::string public_key;    // Ed25519, 32 bytes
};

struct WitnessAnswer {
  std::string note;                // core's newest checkpoint; empty: the log has no entries
  std::vector<std::string> proof;  // that it continues the tree of `size` (RFC 6962 §2.1.2)
};

}  // namespace dermaga::contract
