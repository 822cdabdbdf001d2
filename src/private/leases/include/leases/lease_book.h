#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contract/order.h"
#include "inventory/inventory.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::leases {

// The open leases that one batch of delivered orders was sold from, locked and changed inside the
// caller's transaction. Load it before the stock rows are locked: everybody locks leases first.
class LeaseBook {
 public:
  // Units of one line, out of one of the stock rows.
  struct Taken {
    std::size_t line;  // of the order
    std::size_t row;   // of the stock rows
    std::int64_t quantity;
  };

  // Epochs that are unknown, delivered or abandoned have nothing left.
  Status load(store::Connection& connection, const std::set<std::uint64_t>& epochs);
  void clear();

  // leased → held for all lines, or nothing and empty where the lease lacks any of them.
  std::vector<Taken> sell(std::uint64_t epoch, std::span<const contract::OrderLine> lines,
                          std::span<inventory::StockRow> stock);
  // leased → available: the order will not be served. As sell().
  std::vector<Taken> give_back(std::uint64_t epoch, std::span<const contract::OrderLine> lines,
                               std::span<inventory::StockRow> stock);
  void sold_to(std::uint64_t epoch, std::int64_t order_number);

  // What changed.
  Status write(store::Connection& connection) const;

 private:
  struct Units {
    LocationId location;
    std::int64_t granted = 0;
    std::int64_t sold = 0;
    std::int64_t returned = 0;
    bool changed = false;
    std::int64_t left() const { return granted - sold - returned; }
  };
  using Key = std::pair<std::uint64_t, VariantId>;
  bool has(std::uint64_t epoch, std::span<const contract::OrderLine> lines) const;
  template <typename Move>
  std::vector<Taken> take(std::uint64_t epoch, std::span<const contract::OrderLine> lines,
                          std::span<inventory::StockRow> stock, Move move);

  std::map<Key, std::vector<Units>> units_;
  std::vector<store::Parameter> orders_;
};

}  // namespace dermaga::leases
