#include <array>
#include <optional>

#include "arguments.h"
#include "catalog/variant_lookup.h"
#include "handlers.h"
#include "inventory/inventory.h"

namespace dermaga::commands {

namespace {

constexpr std::size_t kRowsPerPage = 1'000;

Status print_row(store::Connection& connection, const inventory::StockRow& row,
                 admin::Output& output) {
  ASSIGN_OR_RETURN(const auto known, catalog::name_of_variant(connection, row.variant_id));
  output.line(row.variant_id.str() + "  " + (known.sku.empty() ? "-" : known.sku) + "  " +
              known.handle + "  " + row.location_id.str() + "  on_hand " +
              std::to_string(row.levels.on_hand) + "  available " +
              std::to_string(row.levels.available) + "  held " + std::to_string(row.levels.held) +
              "  leased " + std::to_string(row.levels.leased));
  return {};
}

}  // namespace

Status stock_list(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                  admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"sku"}, 0));
  ASSIGN_OR_RETURN(const auto connection, shop.connect());
  std::optional<VariantId> only;
  if (const auto sku = arguments.option("sku")) {
    ASSIGN_OR_RETURN(only, catalog::find_variant(*connection, *sku));
  }
  inventory::StockRow last;
  while (true) {
    ASSIGN_OR_RETURN(const auto rows, inventory::list_rows(*connection, last.variant_id,
                                                           last.location_id, kRowsPerPage));
    for (const auto& row : rows) {
      if (!only.has_value() || row.variant_id == *only) {
        RETURN_IF_ERROR(print_row(*connection, row, output));
      }
    }
    if (rows.size() < kRowsPerPage) {
      return {};
    }
    last = rows.back();
  }
}

Status stock_adjust(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments,
                   Arguments::parse(words, 2, {"sku", "set", "by", "reason", "location"}, 0));
  ASSIGN_OR_RETURN(const auto sku, arguments.required("sku"));
  ASSIGN_OR_RETURN(const auto set_to, arguments.integer("set", 0, inventory::kOnHandMax));
  ASSIGN_OR_RETURN(const auto change_by,
                   arguments.integer("by", -inventory::kOnHandMax, inventory::kOnHandMax));
  if (set_to.has_value() == change_by.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "give either --set or --by");
  }
  inventory::Adjustment adjustment;
  adjustment.relative = change_by.has_value();
  adjustment.amount = change_by.has_value() ? *change_by : set_to.value_or(0);
  ASSIGN_OR_RETURN(adjustment.reason, arguments.required("reason"));
  if (const auto location = arguments.option("location")) {
    ASSIGN_OR_RETURN(adjustment.location_id, LocationId::parse(*location));
  }
  ASSIGN_OR_RETURN(const auto connection, shop.connect());
  ASSIGN_OR_RETURN(adjustment.variant_id, catalog::find_variant(*connection, sku));
  ASSIGN_OR_RETURN(const auto row, inventory::adjust(*connection, adjustment, actor, shop.clock()));
  const std::array<VariantId, 1> touched = {adjustment.variant_id};
  shop.availability().touched(touched);
  return print_row(*connection, row, output);
}

}  // namespace dermaga::commands
