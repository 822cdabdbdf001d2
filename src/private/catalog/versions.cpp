#include "versions.h"

#include <map>
#include <utility>

#include "catalog/catalog.h"

namespace dermaga::catalog {

namespace {

using store::Parameter;
using store::Row;

std::int64_t oldest_kept_ms(UtcTime now) {
  return to_unix_ms(now) -
         std::chrono::duration_cast<std::chrono::milliseconds>(kPriceHistory).count();
}

// A version can be asked for until kPriceHistory after its successor appeared: so the newest one
// that is older than that is the oldest to keep.
Status forget_old(store::Connection& connection, UtcTime now) {
  std::int64_t keep = 0;
  const Parameter cutoff[] = {oldest_kept_ms(now)};
  RETURN_IF_ERROR(connection.query(
      "SELECT COALESCE(MAX(version), 0) FROM catalog_versions WHERE created_ms < $1", cutoff,
      [&keep](const Row& row) -> Status {
        keep = row.integer(0);
        return {};
      }));
  const Parameter kept[] = {keep};
  RETURN_IF_ERROR(connection.execute("DELETE FROM catalog_versions WHERE version < $1", kept));
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM price_history WHERE EXISTS (SELECT 1 FROM price_history AS later "
      "WHERE later.variant_id = price_history.variant_id "
      "AND later.catalog_version > price_history.catalog_version AND later.catalog_version <= $1)",
      kept));
  return {};
}

PricePoint read_point(const Row& row, VariantId id) {
  return {.variant_id = std::move(id),
          .sellable = row.integer(2) != 0,
          .currency = std::string(row.text(3)),
          .price = row.integer(4),
          .weight_grams = row.integer(5),
          .taxable = row.integer(6) != 0,
          .requires_shipping = row.integer(7) != 0};
}

constexpr std::string_view kPointColumns =
    "variant_id, catalog_version, sellable, currency, price, weight_grams, taxable, "
    "requires_shipping";

Result<std::map<VariantId, PricePoint>> newest_points(store::Connection& connection,
                                                      const std::vector<PricePoint>& points) {
  std::vector<Parameter> keys;
  for (const PricePoint& point : points) {
    keys.emplace_back(std::string_view(point.variant_id.str()));
  }
  std::map<VariantId, std::int64_t> versions;
  std::map<VariantId, PricePoint> newest;
  RETURN_IF_ERROR(connection.select_by_keys(
      "price_history", kPointColumns, "variant_id", keys, false, [&](const Row& row) -> Status {
        ASSIGN_OR_RETURN(auto id, VariantId::parse(row.text(0)));
        std::int64_t& version = versions[id];
        if (row.integer(1) > version) {
          version = row.integer(1);
          newest.insert_or_assign(id, read_point(row, id));
        }
        return {};
      }));
  return newest;
}

}  // namespace

Result<std::optional<VersionRow>> newest_version(store::Connection& connection) {
  std::optional<VersionRow> newest;
  RETURN_IF_ERROR(connection.query(
      "SELECT version, shop_digest FROM catalog_versions ORDER BY version DESC LIMIT 1", {},
      [&newest](const Row& row) -> Status {
        newest = VersionRow{.version = static_cast<std::uint64_t>(row.integer(0)),
                            .shop_digest = std::string(row.text(1))};
        return {};
      }));
  return newest;
}

Result<std::uint64_t> add_version(store::Connection& connection, UtcTime now,
                                  const std::string& rules_json, const std::string& shop_digest) {
  RETURN_IF_ERROR(connection.claim("catalog_version", true));
  ASSIGN_OR_RETURN(const auto newest, newest_version(connection));
  const std::uint64_t version = (newest.has_value() ? newest->version : 0) + 1;
  const Parameter values[] = {static_cast<std::int64_t>(version), to_unix_ms(now),
                              std::string_view(rules_json), std::string_view(shop_digest)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO catalog_versions (version, created_ms, rules_json, shop_digest) "
      "VALUES ($1, $2, $3, $4)",
      values));
  RETURN_IF_ERROR(forget_old(connection, now));
  return version;
}

PricePoint price_point(const ProductRecord& product, const VariantRecord& variant, bool archived) {
  return {.variant_id = variant.id,
          .sellable = product.is_public() && !archived,
          .currency = variant.currency,
          .price = variant.price,
          .weight_grams = variant.weight_grams,
          .taxable = variant.taxable,
          .requires_shipping = variant.requires_shipping};
}

Status record_prices(store::Connection& connection, std::uint64_t version,
                     const std::vector<PricePoint>& points) {
  if (points.empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(const auto newest, newest_points(connection, points));
  std::vector<Parameter> rows;
  for (const PricePoint& point : points) {
    const auto known = newest.find(point.variant_id);
    const bool never_sold = known == newest.end() && !point.sellable;
    if (never_sold || (known != newest.end() && known->second == point)) {
      continue;
    }
    rows.insert(rows.end(), {std::string_view(point.variant_id.str()),
                             static_cast<std::int64_t>(version), std::int64_t{point.sellable},
                             std::string_view(point.currency), point.price, point.weight_grams,
                             std::int64_t{point.taxable}, std::int64_t{point.requires_shipping}});
  }
  constexpr std::string_view kColumns[] = {
      "variant_id", "catalog_version", "sellable", "currency",
      "price",      "weight_grams",    "taxable",  "requires_shipping"};
  return rows.empty() ? Status{} : connection.insert_many("price_history", kColumns, rows);
}

Result<DatedBook> load_price_book(store::Connection& connection, std::uint64_t version) {
  DatedBook dated;
  std::string rules_json;
  const Parameter key[] = {static_cast<std::int64_t>(version)};
  RETURN_IF_ERROR(connection.query(
      "SELECT version, rules_json, created_ms FROM catalog_versions WHERE version >= $1 "
      "ORDER BY version LIMIT 2",
      key, [&](const Row& row) -> Status {
        if (row.integer(0) == static_cast<std::int64_t>(version)) {
          rules_json = row.text(1);
        } else {
          dated.until = from_unix_ms(row.integer(2)) + kPriceHistory;
        }
        return {};
      }));
  if (rules_json.empty()) {
    return dated;
  }
  auto book = std::make_shared<pricing::PriceBook>();
  book->catalog_version = version;
  ASSIGN_OR_RETURN(book->rules, rules_from_json(rules_json));
  const std::string currency(book->rules.currency.code());
  const Parameter at[] = {static_cast<std::int64_t>(version), std::string_view(currency)};
  RETURN_IF_ERROR(connection.query(
      "SELECT " + std::string(kPointColumns) +
          " FROM price_history WHERE sellable = 1 AND currency = $2 AND catalog_version = (SELECT "
          "MAX(earlier.catalog_version) FROM price_history AS earlier WHERE earlier.variant_id = "
          "price_history.variant_id AND earlier.catalog_version <= $1)",
      at, [&book](const Row& row) -> Status {
        ASSIGN_OR_RETURN(auto id, VariantId::parse(row.text(0)));
        const PricePoint point = read_point(row, id);
        book->variants.emplace(
            id, pricing::PricedVariant{.id = id,
                                       .unit_price = Money(point.price, book->rules.currency),
                                       .weight_grams = point.weight_grams,
                                       .taxable = point.taxable,
                                       .requires_shipping = point.requires_shipping});
        return {};
      }));
  dated.book = std::move(book);
  return dated;
}

}  // namespace dermaga::catalog
