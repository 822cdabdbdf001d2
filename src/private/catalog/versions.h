#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "pricing/pricing.h"
#include "records.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::catalog {

// Versions of the catalog and what each charged.

std::string rules_to_json(const pricing::Rules& rules);
Result<pricing::Rules> rules_from_json(std::string_view text);

struct VersionRow {
  std::uint64_t version = 0;
  std::string shop_digest;
};
Result<std::optional<VersionRow>> newest_version(store::Connection& connection);

// The next version, inside the caller's transaction. Forgets versions and prices that nobody may
// ask for any more.
Result<std::uint64_t> add_version(store::Connection& connection, UtcTime now,
                                  const std::string& rules_json, const std::string& shop_digest);

// What a variant costs from a version on.
struct PricePoint {
  VariantId variant_id;
  bool sellable = false;
  std::string currency;
  std::int64_t price = 0;
  std::int64_t weight_grams = 0;
  bool taxable = true;
  bool requires_shipping = true;
  friend bool operator==(const PricePoint&, const PricePoint&) = default;
};
PricePoint price_point(const ProductRecord& product, const VariantRecord& variant, bool archived);

// Writes those points that differ from the variant's newest.
Status record_prices(store::Connection& connection, std::uint64_t version,
                     const std::vector<PricePoint>& points);

// A version's prices, and until when quotes made with them are honoured: none for the newest.
struct DatedBook {
  std::shared_ptr<const pricing::PriceBook> book;  // null: the version is unknown or forgotten
  std::optional<UtcTime> until;
};
Result<DatedBook> load_price_book(store::Connection& connection, std::uint64_t version);

}  // namespace dermaga::catalog
