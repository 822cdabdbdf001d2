#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/checkpoint.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::audit {

// What witnesses' names begin with; the rest follows from their keys.
inline constexpr std::string_view kWitnessPrefix = "edge";

// Puts a witness's signature line under the checkpoint of this size, in a transaction of its own.
// Nothing to do where it is there already. kInvalidArgument unless the line is one signature by
// this key, under the name that follows from it, over that checkpoint; kNotFound where there is no
// checkpoint of this size; kOverloaded beyond 16 witnesses of one, or 1,000 in all.
Status keep_cosignature(store::Connection& connection, std::uint64_t size, std::string_view line,
                        const Signer& witness);

// The key of each witness that ever countersigned, by its name.
Result<std::map<std::string, std::string>> witness_keys(store::Connection& connection);

// Proves that the log of one size begins with that of another. Reads the whole log for a proof that
// it has not made before, so one at a time, and the last few are kept. Thread-safe.
class ContinuationProver {
 public:
  // Empty unless 0 < old_size < size. kUnavailable while another is being made; kCorrupt where
  // entries are missing. In the caller's transaction.
  Result<std::vector<std::string>> prove(store::Connection& connection, std::uint64_t old_size,
                                         std::uint64_t size);

 private:
  std::mutex mutex_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::string>> known_;
};

}  // namespace dermaga::audit
