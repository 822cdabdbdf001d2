#include "inventory/inventory.h"

#include <algorithm>
#include <optional>

#include "outbox/outbox.h"

namespace dermaga::inventory {
namespace {

constexpr std::string_view kStockColumns =
    "variant_id, location_id, on_hand, available, held, leased, version, imported_quantity";

struct ImportedRow {
  StockRow stock;
  std::optional<std::int64_t> imported_quantity;
};

Result<ImportedRow> read_row(const store::Row& row) {
  ImportedRow out;
  ASSIGN_OR_RETURN(out.stock.variant_id, VariantId::parse(row.text(0)));
  ASSIGN_OR_RETURN(out.stock.location_id, LocationId::parse(row.text(1)));
  out.stock.levels = {.on_hand = row.integer(2),
                      .available = row.integer(3),
                      .held = row.integer(4),
                      .leased = row.integer(5)};
  out.stock.version = row.integer(6);
  if (!row.is_null(7)) {
    out.imported_quantity = row.integer(7);
  }
  if (!is_sound(out.stock.levels)) {
    return make_error(ErrorCode::kCorrupt, "the stock of " + out.stock.variant_id.str() + " at " +
                                               out.stock.location_id.str() + " does not add up");
  }
  return out;
}

Result<std::vector<ImportedRow>> lock_imported(store::Connection& connection,
                                               std::span<const VariantId> variants) {
  std::vector<store::Parameter> keys;
  keys.reserve(variants.size());
  for (const VariantId& variant : variants) {
    keys.emplace_back(std::string_view(variant.str()));
  }
  std::vector<ImportedRow> rows;
  RETURN_IF_ERROR(connection.select_by_keys("stock", kStockColumns, "variant_id", keys, true,
                                            [&rows](const store::Row& row) -> Status {
                                              ASSIGN_OR_RETURN(auto one, read_row(row));
                                              rows.push_back(std::move(one));
                                              return {};
                                            }));
  const auto key = [](const ImportedRow& row) {
    return std::pair(std::string_view(row.stock.variant_id.str()),
                     std::string_view(row.stock.location_id.str()));
  };
  std::ranges::sort(rows, {}, key);
  return rows;
}

Status insert_row(store::Connection& connection, const VariantId& variant,
                  const LocationId& location, std::int64_t on_hand) {
  constexpr std::string_view kColumns[] = {"variant_id", "location_id", "on_hand", "available",
                                           "held",       "leased",      "version"};
  const store::Parameter row[] = {std::string_view(variant.str()),
                                  std::string_view(location.str()),
                                  on_hand,
                                  on_hand,
                                  std::int64_t{0},
                                  std::int64_t{0},
                                  std::int64_t{1}};
  return connection.insert_many("stock", kColumns, row);
}

Status record_adjustment(store::Connection& connection, const StockRow& after,
                         std::int64_t on_hand_before, std::string_view reason, UtcTime now) {
  ASSIGN_OR_RETURN(const std::int64_t number, outbox::take_numbers(connection, "adjustment", 1));
  constexpr std::string_view kColumns[] = {"adjustment_number", "variant_id",    "location_id",
                                           "on_hand_before",    "on_hand_after", "reason",
                                           "adjusted_at"};
  const store::Parameter row[] = {number,
                                  std::string_view(after.variant_id.str()),
                                  std::string_view(after.location_id.str()),
                                  on_hand_before,
                                  after.levels.on_hand,
                                  reason,
                                  to_unix_ms(now)};
  return connection.insert_many("stock_adjustments", kColumns, row);
}

// The row that the adjustment means; made empty where an absolute one names a new location.
Result<StockRow> find_adjusted(store::Connection& connection, const Adjustment& adjustment) {
  ASSIGN_OR_RETURN(auto rows, lock_rows(connection, std::span(&adjustment.variant_id, 1)));
  if (adjustment.location_id.empty()) {
    if (rows.size() > 1) {
      return make_error(ErrorCode::kInvalidArgument,
                        "the variant has stock at several locations: name one");
    }
    if (rows.empty()) {
      return make_error(
          ErrorCode::kNotFound,
          "there is no stock of " + adjustment.variant_id.str() + ": name a location");
    }
    return rows.front();
  }
  const auto found = std::ranges::find(rows, adjustment.location_id, &StockRow::location_id);
  if (found != rows.end()) {
    return *found;
  }
  if (adjustment.relative) {
    return make_error(ErrorCode::kNotFound, "there is no stock of " + adjustment.variant_id.str() +
                                                " at " + adjustment.location_id.str());
  }
  RETURN_IF_ERROR(insert_row(connection, adjustment.variant_id, adjustment.location_id, 0));
  return StockRow{.variant_id = adjustment.variant_id,
                  .location_id = adjustment.location_id,
                  .levels = {},
                  .version = 1};
}

}  // namespace

Result<std::vector<StockRow>> lock_rows(store::Connection& connection,
                                        std::span<const VariantId> variants) {
  ASSIGN_OR_RETURN(auto imported, lock_imported(connection, variants));
  std::vector<StockRow> rows;
  rows.reserve(imported.size());
  for (ImportedRow& row : imported) {
    rows.push_back(std::move(row.stock));
  }
  return rows;
}

Status write_rows(store::Connection& connection, std::span<const StockRow> rows) {
  std::vector<store::Parameter> parameters;
  parameters.reserve(rows.size() * 6);
  for (const StockRow& row : rows) {
    CHECK(is_sound(row.levels));
    parameters.emplace_back(std::string_view(row.variant_id.str()));
    parameters.emplace_back(std::string_view(row.location_id.str()));
    parameters.emplace_back(row.levels.on_hand);
    parameters.emplace_back(row.levels.available);
    parameters.emplace_back(row.levels.held);
    parameters.emplace_back(row.levels.leased);
  }
  if (rows.empty()) {
    return {};
  }
  return connection.update_many(
      "UPDATE stock SET on_hand = $3, available = $4, held = $5, leased = $6, version = version + "
      "1 "
      "WHERE variant_id = $1 AND location_id = $2",
      6, parameters);
}

Result<bool> apply_import_quantity(store::Connection& connection, const VariantId& variant,
                                   const LocationId& location, std::int64_t quantity) {
  if (quantity < 0 || quantity > kOnHandMax) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the quantity must be from 0 to " + std::to_string(kOnHandMax));
  }
  ASSIGN_OR_RETURN(auto rows, lock_imported(connection, std::span(&variant, 1)));
  const auto found = std::ranges::find(
      rows, location,
      [](const ImportedRow& row) -> const LocationId& { return row.stock.location_id; });
  if (found != rows.end() && found->imported_quantity == quantity) {
    return false;
  }
  StockRow row;
  if (found != rows.end()) {
    row = found->stock;
  } else {
    RETURN_IF_ERROR(insert_row(connection, variant, location, 0));
    row = {.variant_id = variant, .location_id = location, .levels = {}, .version = 1};
  }
  RETURN_IF_ERROR(set_available(row.levels, quantity));
  RETURN_IF_ERROR(write_rows(connection, std::span(&row, 1)));
  const store::Parameter imported[] = {std::string_view(variant.str()),
                                       std::string_view(location.str()), quantity};
  RETURN_IF_ERROR(connection.execute(
      "UPDATE stock SET imported_quantity = $3 WHERE variant_id = $1 AND location_id = $2",
      imported));
  return true;
}

Result<StockRow> adjust(store::Connection& connection, const Adjustment& adjustment,
                        const audit::Actor& actor, const Clock& clock) {
  RETURN_IF_ERROR(audit::check_reason(adjustment.reason));
  if (adjustment.amount > kOnHandMax || adjustment.amount < -kOnHandMax) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the amount must be within " + std::to_string(kOnHandMax));
  }
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  ASSIGN_OR_RETURN(StockRow row, find_adjusted(connection, adjustment));
  const std::int64_t before = row.levels.on_hand;
  RETURN_IF_ERROR(set_on_hand(
      row.levels, adjustment.relative ? before + adjustment.amount : adjustment.amount));
  RETURN_IF_ERROR(write_rows(connection, std::span(&row, 1)));
  row.version += 1;
  RETURN_IF_ERROR(record_adjustment(connection, row, before, adjustment.reason, clock.now()));
  ASSIGN_OR_RETURN(const auto everywhere, lock_rows(connection, std::span(&row.variant_id, 1)));
  std::int64_t available = 0;
  for (const StockRow& one : everywhere) {
    available += one.levels.available;
  }
  const outbox::Event events[] = {{.topic = outbox::kStockChanged,
                                   .order_number = 0,
                                   .payload = stock_changed_payload(row.variant_id, available)}};
  RETURN_IF_ERROR(outbox::append(connection, events, clock.now()));
  const audit::Act act{
      .actor = actor,
      .action = "stock.adjust",
      .subject = row.variant_id.str() + " at " + row.location_id.str(),
      .detail = "on_hand " + std::to_string(before) + " to " + std::to_string(row.levels.on_hand),
      .reason = adjustment.reason};
  RETURN_IF_ERROR(audit::append(connection, std::span(&act, 1), clock.now()));
  RETURN_IF_ERROR(transaction.commit());
  return row;
}

Result<std::vector<StockRow>> list_rows(store::Connection& connection, const VariantId& variant,
                                        const LocationId& location, std::size_t limit) {
  std::vector<StockRow> rows;
  const store::Parameter parameters[] = {std::string_view(variant.str()),
                                         std::string_view(location.str()),
                                         static_cast<std::int64_t>(limit)};
  RETURN_IF_ERROR(connection.query(
      "SELECT " + std::string(kStockColumns) +
          " FROM stock WHERE variant_id > $1 OR (variant_id = $1 AND location_id > $2) ORDER BY "
          "variant_id, location_id LIMIT $3",
      parameters, [&rows](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto one, read_row(row));
        rows.push_back(std::move(one.stock));
        return {};
      }));
  return rows;
}

std::string stock_changed_payload(const VariantId& variant, std::int64_t available) {
  // Ids are [0-9a-z_]: nothing to escape.
  return R"({"variant_id":")" + variant.str() + R"(","available":)" + std::to_string(available) +
         "}";
}

Result<VariantId> stock_changed_variant(std::string_view payload) {
  constexpr std::string_view kBefore = R"({"variant_id":")";
  const std::size_t end = payload.find('"', kBefore.size());
  if (!payload.starts_with(kBefore) || end == std::string_view::npos) {
    return make_error(ErrorCode::kCorrupt, "a stock.changed event names no variant");
  }
  return VariantId::parse(payload.substr(kBefore.size(), end - kBefore.size()));
}

}  // namespace dermaga::inventory
