#include "leases/lease_book.h"

#include <algorithm>

namespace dermaga::leases {
namespace {

std::vector<store::Parameter> keys_of(const std::set<std::uint64_t>& epochs) {
  std::vector<store::Parameter> keys;
  keys.reserve(epochs.size());
  for (const std::uint64_t epoch : epochs) {
    keys.emplace_back(static_cast<std::int64_t>(epoch));
  }
  return keys;
}

std::size_t row_of(std::span<const inventory::StockRow> stock, const VariantId& variant,
                   const LocationId& location) {
  const auto found = std::ranges::find_if(stock, [&](const inventory::StockRow& row) {
    return row.variant_id == variant && row.location_id == location;
  });
  CHECK(found != stock.end());  // stock rows are never deleted
  return static_cast<std::size_t>(found - stock.begin());
}

}  // namespace

void LeaseBook::clear() {
  units_.clear();
  orders_.clear();
}

Status LeaseBook::load(store::Connection& connection, const std::set<std::uint64_t>& epochs) {
  clear();
  std::set<std::uint64_t> open;
  RETURN_IF_ERROR(
      connection.select_by_keys("leases", "epoch, spool_id, state", "epoch", keys_of(epochs), true,
                                [&open](const store::Row& row) -> Status {
                                  if (row.integer(2) == 0) {
                                    open.insert(static_cast<std::uint64_t>(row.integer(0)));
                                  }
                                  return {};
                                }));
  if (open.empty()) {
    return {};
  }
  return connection.select_by_keys(
      "lease_units", "epoch, variant_id, location_id, granted, sold, returned", "epoch",
      keys_of(open), false, [this](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto variant, VariantId::parse(row.text(1)));
        ASSIGN_OR_RETURN(auto location, LocationId::parse(row.text(2)));
        units_[{static_cast<std::uint64_t>(row.integer(0)), std::move(variant)}].push_back(
            {.location = std::move(location),
             .granted = row.integer(3),
             .sold = row.integer(4),
             .returned = row.integer(5)});
        return {};
      });
}

bool LeaseBook::has(std::uint64_t epoch, std::span<const contract::OrderLine> lines) const {
  std::map<VariantId, std::int64_t> wanted;
  for (const auto& line : lines) {
    if (line.quantity < 1) {
      return false;
    }
    wanted[line.variant_id] += line.quantity;
  }
  return !wanted.empty() && std::ranges::all_of(wanted, [&](const auto& one) {
    const auto found = units_.find(Key(epoch, one.first));
    std::int64_t left = 0;
    if (found != units_.end()) {
      for (const Units& units : found->second) {
        left += units.left();
      }
    }
    return left >= one.second;
  });
}

template <typename Move>
std::vector<LeaseBook::Taken> LeaseBook::take(std::uint64_t epoch,
                                              std::span<const contract::OrderLine> lines,
                                              std::span<inventory::StockRow> stock, Move move) {
  std::vector<Taken> taken;
  if (units_.empty() || !has(epoch, lines)) {
    return taken;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::int64_t missing = lines[i].quantity;
    for (Units& units : units_.at(Key(epoch, lines[i].variant_id))) {
      const std::int64_t some = std::min(missing, units.left());
      if (some == 0) {
        continue;
      }
      const std::size_t row = row_of(stock, lines[i].variant_id, units.location);
      move(units, stock[row].levels, some);
      units.changed = true;
      taken.push_back({.line = i, .row = row, .quantity = some});
      missing -= some;
    }
    CHECK(missing == 0);  // has() counted them
  }
  return taken;
}

std::vector<LeaseBook::Taken> LeaseBook::sell(std::uint64_t epoch,
                                              std::span<const contract::OrderLine> lines,
                                              std::span<inventory::StockRow> stock) {
  return take(epoch, lines, stock,
              [](Units& units, inventory::Levels& levels, std::int64_t quantity) {
                CHECK(inventory::hold_leased(levels, quantity).has_value());
                units.sold += quantity;
              });
}

std::vector<LeaseBook::Taken> LeaseBook::give_back(std::uint64_t epoch,
                                                   std::span<const contract::OrderLine> lines,
                                                   std::span<inventory::StockRow> stock) {
  return take(epoch, lines, stock,
              [](Units& units, inventory::Levels& levels, std::int64_t quantity) {
                CHECK(inventory::return_leased(levels, quantity).has_value());
                units.returned += quantity;
              });
}

void LeaseBook::sold_to(std::uint64_t epoch, std::int64_t order_number) {
  orders_.emplace_back(order_number);
  orders_.emplace_back(static_cast<std::int64_t>(epoch));
}

Status LeaseBook::write(store::Connection& connection) const {
  std::vector<store::Parameter> changed;
  for (const auto& [key, places] : units_) {
    for (const Units& units : places) {
      if (units.changed) {
        changed.emplace_back(static_cast<std::int64_t>(key.first));
        changed.emplace_back(std::string_view(key.second.str()));
        changed.emplace_back(std::string_view(units.location.str()));
        changed.emplace_back(units.sold);
        changed.emplace_back(units.returned);
      }
    }
  }
  if (!changed.empty()) {
    RETURN_IF_ERROR(connection.update_many(
        "UPDATE lease_units SET sold = $4, returned = $5 WHERE epoch = $1 AND variant_id = $2 AND "
        "location_id = $3",
        5, changed));
  }
  if (orders_.empty()) {
    return {};
  }
  constexpr std::string_view kColumns[] = {"order_number", "epoch"};
  return connection.insert_many("lease_orders", kColumns, orders_);
}

}  // namespace dermaga::leases
