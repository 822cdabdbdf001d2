#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/checkpoint.h"
#include "derivation/derivation.h"
#include "ids/ids.h"
#include "result/result.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::verify {

// One broken promise: which check, which row, what is wrong. Nothing personal in it.
struct Breach {
  std::string check;  // "stock_sum", "order_total", …; see README.md
  std::string row;    // "orders 17 (ord_…)"
  std::string detail;
};

struct Options {
  const derivation::Derivation* derivation = nullptr;  // null: ids are not recomputed
  const vault::Vault* vault = nullptr;                 // null: sealed fields are not opened
  const vault::BlindIndex* customer_index = nullptr;   // null: look-up is not recomputed
  std::span<const CustomerId> erased;                  // whom the erasure list names
  const audit::Signer* audit_signer =
      nullptr;                       // null: the audit log is checked without checkpoints
  std::size_t breaches_max = 1'000;  // per check
};

struct Report {
  std::vector<Breach> breaches;
  std::int64_t orders_checked = 0;
  std::int64_t stock_rows_checked = 0;
  std::int64_t sealed_fields_opened = 0;
  std::int64_t audit_entries_checked = 0;
  std::int64_t customers_erased = 0;
  // Not a breach of the store: a spool sold from a lease that was abandoned later.
  std::int64_t promises_broken = 0;
};

// Recomputes every promise from the raw rows in one consistent view. `connection` may be read-only,
// also while core serves.
Result<Report> verify(store::Connection& connection, std::string_view dialect,
                      const Options& options);

}  // namespace dermaga::verify
