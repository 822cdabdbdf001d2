#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "merkle/merkle.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::audit {

// Who acts, and from where.
struct Actor {
  std::string name;    // "host:root", "staff:stf_…", "core"
  std::string source;  // "admin socket", "203.0.113.7"
};

// Who did what, to which record, why. Its words hold nothing personal: a customer is a customer id.
// Each is UTF-8 of at most 1,024 bytes.
struct Act {
  Actor actor;
  std::string action;   // "stock.adjust"
  std::string subject;  // the record: "ord_…", "var_… at loc_…"; "" where there is none
  std::string detail;   // what became of it: "on_hand 40"; "" where the action says it
  std::string reason;   // as whoever did it gave it; "" where none is asked
  bool is_denied = false;
};

struct Entry {
  std::uint64_t sequence = 0;
  UtcTime at;
  Act act;
};

inline constexpr std::size_t kReasonBytesMax = 200;
// kInvalidArgument unless it is a reason as people give one: 1 to 200 bytes of plain text.
Status check_reason(std::string_view reason);

// Appends inside the caller's transaction, so that an act and its entry are stored together or not
// at all. Transactions that append wait for each other from here to their end.
Status append(store::Connection& connection, std::span<const Act> acts, UtcTime now);

// Entries from `first` on, at most `limit`, in order. kCorrupt for one that is not an entry.
Status read(store::Connection& connection, std::uint64_t first, std::uint64_t limit,
            const std::function<Status(const Entry&)>& entry);

// The exact bytes of the entries from `first` on, in order, with their sequence.
Status read_bytes(store::Connection& connection, std::uint64_t first, std::uint64_t limit,
                  const std::function<Status(std::uint64_t sequence, std::string_view)>& bytes);

// The tree as it is recorded; of no entries where nothing was appended yet.
Result<merkle::Frontier> recorded_tree(store::Connection& connection);

}  // namespace dermaga::audit
