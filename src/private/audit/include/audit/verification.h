#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/checkpoint.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::audit {

struct Verification {
  std::uint64_t entries = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t countersigned = 0;    // checkpoints with a valid signature by a known witness
  std::uint64_t witnesses = 0;        // by whom those were countersigned
  std::vector<std::string> breaches;  // one sentence each; empty: nothing was touched
};

// Reads the whole log and recomputes it: entries changed, cut, added or in another order differ
// from the recorded tree and from every later checkpoint, whose signatures the database cannot
// make. A checkpoint kept elsewhere (`kept`, opened) finds a database that was set back to an older
// state. Without a signer checkpoints are not looked at. In the caller's transaction, so that what
// is appended meanwhile is not seen in part.
Result<Verification> verify(store::Connection& connection, const Signer* signer,
                            const std::optional<Checkpoint>& kept);

}  // namespace dermaga::audit
