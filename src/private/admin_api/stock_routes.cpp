#include <array>
#include <charconv>
#include <utility>

#include "catalog/variant_lookup.h"
#include "inventory/inventory.h"
#include "leases/lessor.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

constexpr std::size_t kSkuBytesMax = 100;
constexpr std::size_t kPageOfOneMax = 100;  // locations of one variant
constexpr char kCursorSeparator = '~';

Status write_row(json::Writer& writer, store::Connection& connection,
                 const inventory::StockRow& row) {
  ASSIGN_OR_RETURN(const auto known, catalog::name_of_variant(connection, row.variant_id));
  writer.object();
  writer.field("variant_id", row.variant_id.str());
  writer.field("sku", known.sku);
  writer.field("product", known.handle);
  writer.field("location_id", row.location_id.str());
  writer.field("on_hand", row.levels.on_hand);
  writer.field("available", row.levels.available);
  writer.field("held", row.levels.held);
  writer.field("leased", row.levels.leased);
  writer.end_object();
  return {};
}

// "var_…~loc_…": the row before the page.
Result<inventory::StockRow> row_before(const std::string& cursor) {
  inventory::StockRow row;
  const std::size_t separator = cursor.find(kCursorSeparator);
  if (separator == cursor.npos) {
    return make_error(ErrorCode::kInvalidArgument, "cursor is none that a page told");
  }
  ASSIGN_OR_RETURN(row.variant_id, VariantId::parse(cursor.substr(0, separator)));
  ASSIGN_OR_RETURN(row.location_id, LocationId::parse(cursor.substr(separator + 1)));
  return row;
}

// What comes just before a variant's first row.
Result<std::vector<inventory::StockRow>> rows_of(store::Connection& connection,
                                                 const std::string& sku) {
  ASSIGN_OR_RETURN(const auto variant, catalog::find_variant(connection, sku));
  ASSIGN_OR_RETURN(auto rows,
                   inventory::list_rows(connection, variant, LocationId(), kPageOfOneMax));
  std::erase_if(rows, [&variant](const auto& row) { return row.variant_id != variant; });
  return rows;
}

struct Wanted {
  std::string sku;
  inventory::Adjustment adjustment;
};

Result<Wanted> adjustment_in(json::ObjectReader& reader) {
  Wanted wanted;
  ASSIGN_OR_RETURN(wanted.sku, reader.string("sku", kSkuBytesMax));
  ASSIGN_OR_RETURN(wanted.adjustment.reason, reason_in(reader));
  ASSIGN_OR_RETURN(const auto location, reader.optional_string("location_id", kSkuBytesMax));
  if (location.has_value()) {
    ASSIGN_OR_RETURN(wanted.adjustment.location_id, LocationId::parse(*location));
  }
  const auto set = reader.optional("set");
  const auto by = reader.optional("by");
  if (set.has_value() == by.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "give either set or by");
  }
  wanted.adjustment.relative = by.has_value();
  ASSIGN_OR_RETURN(wanted.adjustment.amount,
                   by.has_value() ? by->as_integer(-inventory::kOnHandMax, inventory::kOnHandMax)
                                  : set->as_integer(0, inventory::kOnHandMax));
  return wanted;
}

void write_lease(json::Writer& writer, const leases::Lease& lease) {
  writer.object();
  writer.field("spool_id", lease.spool_id);
  writer.field("epoch", static_cast<std::int64_t>(lease.epoch));
  writer.field("state", leases::name(lease.state));
  writer.field("granted_at", format_rfc3339(lease.granted_at));
  if (lease.state != leases::LeaseState::kOpen) {
    writer.field("closed_at", format_rfc3339(lease.closed_at));
  }
  writer.field("units_granted", lease.units_granted);
  writer.field("units_returned", lease.units_returned);
  if (!lease.abandon_reason.empty()) {
    writer.field("abandon_reason", lease.abandon_reason);
  }
  writer.end_object();
}

}  // namespace

Result<http::Response> list_stock(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto query, Query::parse(call, {"sku", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const auto limit, query.limit());
  ASSIGN_OR_RETURN(const auto connection, desk.shop.connect());
  std::vector<inventory::StockRow> rows;
  bool has_more = false;
  if (const auto sku = query.one("sku")) {
    ASSIGN_OR_RETURN(rows, rows_of(*connection, *sku));
  } else {
    inventory::StockRow before;
    if (const auto cursor = query.one("cursor")) {
      ASSIGN_OR_RETURN(before, row_before(*cursor));
    }
    ASSIGN_OR_RETURN(
        rows, inventory::list_rows(*connection, before.variant_id, before.location_id, limit + 1));
    has_more = rows.size() > limit;
    if (has_more) {
      rows.pop_back();
    }
  }
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& row : rows) {
    RETURN_IF_ERROR(write_row(writer, *connection, row));
  }
  writer.end_array();
  if (has_more) {
    writer.field("next_cursor",
                 rows.back().variant_id.str() + kCursorSeparator + rows.back().location_id.str());
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> adjust_stock(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto wanted, read_body<Wanted>(call, &adjustment_in));
  ASSIGN_OR_RETURN(const auto connection, desk.shop.connect());
  ASSIGN_OR_RETURN(wanted.adjustment.variant_id, catalog::find_variant(*connection, wanted.sku));
  ASSIGN_OR_RETURN(const auto row,
                   inventory::adjust(*connection, wanted.adjustment,
                                     identity::actor_of(call.caller), desk.shop.clock()));
  const std::array<VariantId, 1> touched = {wanted.adjustment.variant_id};
  desk.shop.availability().touched(touched);
  std::string text;
  json::Writer writer(text);
  RETURN_IF_ERROR(write_row(writer, *connection, row));
  return json_response(201, std::move(text));
}

Result<http::Response> list_leases(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto query, Query::parse(call, {"limit"}));
  ASSIGN_OR_RETURN(const auto limit, query.limit());
  ASSIGN_OR_RETURN(const auto leases, desk.shop.leases().list(limit));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& lease : leases) {
    write_lease(writer, lease);
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> abandon_lease(Desk& desk, Call& call) {
  const std::string& word = call.values[1];
  std::uint64_t epoch = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), epoch);
  if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size() || epoch == 0 ||
      epoch > INT64_MAX) {
    return make_error(ErrorCode::kInvalidArgument, "the epoch must be a number from 1");
  }
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  ASSIGN_OR_RETURN(
      const auto lease,
      desk.shop.leases().abandon(call.values[0], epoch, identity::actor_of(call.caller), reason));
  std::string text;
  json::Writer writer(text);
  write_lease(writer, lease);
  return json_response(200, std::move(text));
}

}  // namespace dermaga::admin_api
