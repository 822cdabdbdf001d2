#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "catalog/import_report.h"
#include "clock/clock.h"
#include "config/config.h"
#include "contract/catalog.h"
#include "contract/core_service.h"
#include "ids/ids.h"
#include "pricing/pricing.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::catalog {

// Takes the quantities that a product file names; implemented over private/inventory.
class StockSink {
 public:
  virtual ~StockSink() = default;
  // Called inside the import's transaction, only when the file's quantity differs from the one the
  // last import named: a file imported again never undoes sales.
  virtual Status apply_import_quantity(store::Connection& connection, const VariantId& variant,
                                       const LocationId& location, std::int64_t quantity) = 0;
};

using SnapshotSigner = std::function<contract::SignedSnapshot(const contract::CatalogSnapshot&)>;
using SnapshotListener = std::function<void(std::shared_ptr<const contract::SignedSnapshot>)>;

struct CatalogOptions {
  std::string assets_directory;  // <data>/private/assets
  config::Shop shop;
  SnapshotSigner sign;  // wire::sign_snapshot with core's key
};

// How long a price stays known after its catalog version was replaced: boxes and quotes are judged
// at their time of receipt, at most this long ago.
inline constexpr std::chrono::hours kPriceHistory{72};

// The id of the location that a name in shop.toml stands for.
LocationId location_id(std::string_view handle);

// The shop's assortment, its prices by version, and the signed snapshot that edges serve from.
// Keeps the current snapshot and price book in memory. Thread-safe; imports take turns. The
// database, sink and clock must outlive it.
class Catalog {
 public:
  // Expects a migrated database. Makes a new version when the shop's rules changed since the last.
  static Result<std::unique_ptr<Catalog>> open(store::Database& database, StockSink& stock,
                                               const Clock& clock, CatalogOptions options);
  ~Catalog();

  // Imports a product or translation CSV; its heading tells which. Errors mean that the file cannot
  // be read at all (missing, too large, not such a CSV) or that the database failed; whole batches
  // of products committed before a database failure stay and importing again completes them.
  Result<ImportReport> import_file(const std::string& path);

  // Publishes what another core has imported since.
  Status follow();

  // What the current version charges; never null.
  std::shared_ptr<const pricing::PriceBook> current() const;
  // The same for an earlier version; null when it is unknown or older than kPriceHistory.
  std::shared_ptr<const pricing::PriceBook> at(std::uint64_t version);

  std::shared_ptr<const contract::SignedSnapshot> snapshot() const;
  // Runs `changed` for each later snapshot, from the importing thread; it must not subscribe or
  // unsubscribe itself. The Catalog must outlive the subscription.
  std::unique_ptr<contract::Subscription> on_snapshot(SnapshotListener changed);

  // A picture that the published assortment refers to; kNotFound otherwise.
  Result<contract::Asset> asset(const std::string& sha256_hex) const;

 private:
  class State;
  explicit Catalog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace dermaga::catalog
