#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.h"
#include "clock/clock.h"
#include "ids/ids.h"
#include "inventory/arithmetic.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::inventory {

// One stock row. The row is the truth: whoever decides on it reads it inside his transaction.
struct StockRow {
  VariantId variant_id;
  LocationId location_id;
  Levels levels;
  std::int64_t version = 0;
};

// Rows of these variants, locked in key order until the transaction ends; by variant, then
// location.
Result<std::vector<StockRow>> lock_rows(store::Connection& connection,
                                        std::span<const VariantId> variants);
// Writes the levels of rows that lock_rows gave, in the same transaction.
Status write_rows(store::Connection& connection, std::span<const StockRow> rows);

// Inside the caller's transaction: what a catalog file says. Only a quantity that differs from the
// last imported one counts, so the same file twice changes nothing, also after sales. True when the
// row changed (tell the AvailabilityFeed after the commit). kInvalidArgument outside 0 to
// kOnHandMax.
Result<bool> apply_import_quantity(store::Connection& connection, const VariantId& variant,
                                   const LocationId& location, std::int64_t quantity);

struct Adjustment {
  VariantId variant_id;
  LocationId location_id;  // empty: the variant's only location; kInvalidArgument with several
  std::int64_t amount = 0;
  bool relative = false;  // true: on_hand changes by amount; false: on_hand becomes amount
  std::string reason;     // 1 to 200 bytes, kept with the change
};
// In a transaction of its own, with a stock.changed event and an entry in the audit log. kNotFound
// for a variant without stock row (unless a location is named and the amount is absolute: then the
// row is made); kInvalidArgument below what is held and leased. Returns the row as it is now.
Result<StockRow> adjust(store::Connection& connection, const Adjustment& adjustment,
                        const audit::Actor& actor, const Clock& clock);

// Rows by variant and location, from the one after `variant` at `location` (both empty: from the
// start).
Result<std::vector<StockRow>> list_rows(store::Connection& connection, const VariantId& variant,
                                        const LocationId& location, std::size_t limit);

// The stock.changed payload, and the variant that one is about.
std::string stock_changed_payload(const VariantId& variant, std::int64_t available);
Result<VariantId> stock_changed_variant(std::string_view payload);

}  // namespace dermaga::inventory
