#include <array>
#include <optional>

#include "arguments.h"
#include "handlers.h"
#include "inventory/inventory.h"

namespace dermaga::commands {

namespace {

constexpr std::size_t kRowsPerPage = 1'000;

struct KnownVariant {
  VariantId id;
  std::string sku;
  std::string handle;
};

// The one variant with this SKU or id. SKUs are the merchant's and may repeat; then the id decides.
Result<VariantId> variant_of_sku(store::Connection& connection, const std::string& sku) {
  const std::string sql = sku.starts_with("var_")
                              ? "SELECT id FROM variants WHERE id = $1"
                              : "SELECT id FROM variants WHERE sku = $1 AND archived = 0 LIMIT 2";
  std::vector<std::string> found;
  const std::array<store::Parameter, 1> parameters = {std::string_view(sku)};
  RETURN_IF_ERROR(connection.query(sql, parameters, [&](const store::Row& row) -> Status {
    found.emplace_back(row.text(0));
    return {};
  }));
  if (found.empty()) {
    return make_error(ErrorCode::kNotFound, "no variant has the SKU or id " + sku);
  }
  if (found.size() > 1) {
    return make_error(ErrorCode::kInvalidArgument,
                      "several variants have the SKU " + sku + "; name the variant id (var_…)");
  }
  return VariantId::parse(found[0]);
}

Result<KnownVariant> describe(store::Connection& connection, const VariantId& id) {
  KnownVariant known{.id = id, .sku = "", .handle = ""};
  const std::array<store::Parameter, 1> parameters = {std::string_view(id.str())};
  RETURN_IF_ERROR(
      connection.query("SELECT variants.sku, products.handle FROM variants "
                       "JOIN products ON products.id = variants.product_id WHERE variants.id = $1",
                       parameters, [&](const store::Row& row) -> Status {
                         known.sku = row.text(0);
                         known.handle = row.text(1);
                         return {};
                       }));
  return known;
}

Status print_row(store::Connection& connection, const inventory::StockRow& row,
                 admin::Output& output) {
  ASSIGN_OR_RETURN(const auto known, describe(connection, row.variant_id));
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
    ASSIGN_OR_RETURN(only, variant_of_sku(*connection, *sku));
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
  ASSIGN_OR_RETURN(adjustment.variant_id, variant_of_sku(*connection, sku));
  ASSIGN_OR_RETURN(const auto row, inventory::adjust(*connection, adjustment, actor, shop.clock()));
  const std::array<VariantId, 1> touched = {adjustment.variant_id};
  shop.availability().touched(touched);
  return print_row(*connection, row, output);
}

}  // namespace dermaga::commands
