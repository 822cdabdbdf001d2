#include "leases/lessor.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "inventory/inventory.h"
#include "log/log.h"
#include "outbox/outbox.h"
#include "planted/planted.h"

namespace dermaga::leases {
namespace {

constexpr std::string_view kColumns =
    "epoch, spool_id, log_id, predecessor, state, catalog_version, valid_for_ms, granted_at, "
    "units_granted, closed_at, units_returned, abandon_reason";

std::int64_t number(std::uint64_t epoch) {
  return static_cast<std::int64_t>(epoch);
}

Lease read_lease(const store::Row& row) {
  return {.epoch = static_cast<std::uint64_t>(row.integer(0)),
          .spool_id = std::string(row.text(1)),
          .log_id = std::string(row.text(2)),
          .predecessor = static_cast<std::uint64_t>(row.integer(3)),
          .state = static_cast<LeaseState>(row.integer(4)),
          .catalog_version = static_cast<std::uint64_t>(row.integer(5)),
          .valid_for = std::chrono::milliseconds(row.integer(6)),
          .granted_at = from_unix_ms(row.integer(7)),
          .units_granted = row.integer(8),
          .closed_at = from_unix_ms(row.integer(9)),
          .units_returned = row.integer(10),
          .abandon_reason = std::string(row.text(11))};
}

// Locked: who sells from it or closes it waits for us.
Result<std::optional<Lease>> lock_lease(store::Connection& connection, std::uint64_t epoch) {
  std::optional<Lease> lease;
  const store::Parameter key[] = {number(epoch)};
  RETURN_IF_ERROR(connection.select_by_keys("leases", kColumns, "epoch", key, true,
                                            [&lease](const store::Row& row) -> Status {
                                              lease = read_lease(row);
                                              return {};
                                            }));
  return lease;
}

Result<std::optional<Lease>> lock_newest(store::Connection& connection,
                                         const std::string& spool_id) {
  std::uint64_t epoch = 0;
  const store::Parameter spool[] = {std::string_view(spool_id)};
  RETURN_IF_ERROR(connection.query("SELECT coalesce(max(epoch), 0) FROM leases WHERE spool_id = $1",
                                   spool, [&epoch](const store::Row& row) -> Status {
                                     epoch = static_cast<std::uint64_t>(row.integer(0));
                                     return {};
                                   }));
  if (epoch == 0) {
    return std::optional<Lease>();
  }
  return lock_lease(connection, epoch);
}

struct Units {
  VariantId variant;
  LocationId location;
  std::int64_t granted = 0;
  std::int64_t left = 0;
};

Result<std::vector<Units>> units_of(store::Connection& connection, std::uint64_t epoch) {
  std::vector<Units> units;
  const store::Parameter key[] = {number(epoch)};
  RETURN_IF_ERROR(connection.query(
      "SELECT variant_id, location_id, granted, granted - sold - returned FROM lease_units WHERE "
      "epoch = $1 ORDER BY variant_id, location_id",
      key, [&units](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto variant, VariantId::parse(row.text(0)));
        ASSIGN_OR_RETURN(auto location, LocationId::parse(row.text(1)));
        units.push_back({std::move(variant), std::move(location), row.integer(2), row.integer(3)});
        return {};
      }));
  return units;
}

std::vector<VariantId> variants_of(std::span<const Units> units) {
  std::vector<VariantId> variants;
  for (const Units& one : units) {
    if (variants.empty() || variants.back() != one.variant) {
      variants.push_back(one.variant);
    }
  }
  return variants;
}

Result<contract::LeaseGrant> grant_of(store::Connection& connection, const Lease& lease) {
  contract::LeaseGrant grant{.epoch = lease.epoch,
                             .valid_for = lease.valid_for,
                             .catalog_version = lease.catalog_version,
                             .units = {}};
  ASSIGN_OR_RETURN(const auto units, units_of(connection, lease.epoch));
  for (const Units& one : units) {
    if (!grant.units.empty() && grant.units.back().variant_id == one.variant) {
      grant.units.back().units += one.granted;
    } else {
      grant.units.push_back({.variant_id = one.variant, .units = one.granted});
    }
  }
  return grant;
}

// One exchange or abandonment inside its transaction.
class Work {
 public:
  Work(store::Connection& connection, UtcTime now) : connection_(connection), now_(now) {}

  Status close(const Lease& lease, LeaseState state, std::string_view by, std::string_view reason);
  Result<contract::LeaseGrant> grant(const contract::LeaseRequest& request, const Policy& policy,
                                     const OnSale& on_sale);
  Status announce();
  std::int64_t returned() const { return returned_; }
  std::uint64_t closed() const { return closed_; }    // 0: none
  std::uint64_t granted() const { return granted_; }  // 0: none
  const std::vector<VariantId>& touched() const { return touched_; }

 private:
  Result<std::vector<VariantId>> candidates(const Policy& policy, const OnSale& on_sale);
  Result<std::vector<Units>> set_aside(const Policy& policy, const OnSale& on_sale);
  Status store_units(std::uint64_t epoch, std::span<const Units> units);
  void remember(std::span<const inventory::StockRow> rows);

  store::Connection& connection_;
  UtcTime now_;
  std::map<VariantId, std::int64_t> available_;  // of the variants that changed
  std::vector<VariantId> touched_;
  std::int64_t returned_ = 0;
  std::uint64_t closed_ = 0;
  std::uint64_t granted_ = 0;
};

void Work::remember(std::span<const inventory::StockRow> rows) {
  std::map<VariantId, std::int64_t> sums;
  for (const inventory::StockRow& row : rows) {
    sums[row.variant_id] += row.levels.available;
  }
  for (const auto& [variant, units] : sums) {
    available_[variant] = units;
  }
}

Status Work::close(const Lease& lease, LeaseState state, std::string_view by,
                   std::string_view reason) {
  ASSIGN_OR_RETURN(const auto units, units_of(connection_, lease.epoch));
  ASSIGN_OR_RETURN(auto rows, inventory::lock_rows(connection_, variants_of(units)));
  std::int64_t returned = 0;
  auto row = rows.begin();  // both in the order of variant and location
  for (const Units& one : units) {
    row = std::find_if(row, rows.end(), [&](const inventory::StockRow& stock) {
      return stock.variant_id == one.variant && stock.location_id == one.location;
    });
    if (row == rows.end()) {
      return make_error(ErrorCode::kCorrupt,
                        "leased units of " + one.variant.str() + " have no stock row");
    }
    if (one.left > 0 && !planted::fault(planted::kLeaseUnitsKept)) {
      RETURN_IF_ERROR(inventory::return_leased(row->levels, one.left));
      returned += one.left;
    }
  }
  RETURN_IF_ERROR(inventory::write_rows(connection_, rows));
  remember(rows);
  const store::Parameter key[] = {number(lease.epoch)};
  RETURN_IF_ERROR(
      connection_.execute("DELETE FROM lease_units WHERE epoch = $1 AND sold = 0", key));
  RETURN_IF_ERROR(connection_.execute(
      "UPDATE lease_units SET returned = granted - sold WHERE epoch = $1", key));
  const store::Parameter closed[] = {number(lease.epoch),
                                     static_cast<std::int64_t>(state),
                                     to_unix_ms(now_),
                                     returned,
                                     by,
                                     reason};
  RETURN_IF_ERROR(connection_.execute(
      "UPDATE leases SET state = $2, closed_at = $3, units_returned = $4, abandoned_by = $5, "
      "abandon_reason = $6 WHERE epoch = $1",
      closed));
  returned_ += returned;
  closed_ = lease.epoch;
  return {};
}

// What stands in enough numbers, by a first look that locks nothing.
Result<std::vector<VariantId>> Work::candidates(const Policy& policy, const OnSale& on_sale) {
  std::vector<VariantId> variants;
  const store::Parameter least[] = {policy.keep_units, std::int64_t{100}, policy.share_percent};
  RETURN_IF_ERROR(
      connection_.query("SELECT variant_id, CAST(sum(available) AS BIGINT) FROM stock GROUP BY "
                        "variant_id HAVING sum(available) > $1 "
                        "AND sum(available) * $3 >= $2 ORDER BY 2 DESC, 1",
                        least, [&](const store::Row& row) -> Status {
                          ASSIGN_OR_RETURN(auto variant, VariantId::parse(row.text(0)));
                          if (variants.size() < kVariantsMax && on_sale.sells(variant)) {
                            variants.push_back(std::move(variant));
                          }
                          return {};
                        }));
  return variants;
}

Result<std::vector<Units>> Work::set_aside(const Policy& policy, const OnSale& on_sale) {
  ASSIGN_OR_RETURN(const auto variants, candidates(policy, on_sale));
  ASSIGN_OR_RETURN(auto rows, inventory::lock_rows(connection_, variants));
  std::map<VariantId, std::int64_t> wanted;
  for (const inventory::StockRow& row : rows) {
    wanted[row.variant_id] += row.levels.available;
  }
  for (auto& [variant, units] : wanted) {
    units = std::min({units * policy.share_percent / 100, policy.units_max,
                      std::max<std::int64_t>(0, units - policy.keep_units)});
  }
  std::vector<Units> taken;
  std::vector<inventory::StockRow> changed;
  for (inventory::StockRow& row : rows) {
    std::int64_t& missing = wanted.at(row.variant_id);
    const std::int64_t some = std::min(missing, row.levels.available);
    if (some > 0) {
      RETURN_IF_ERROR(inventory::lease(row.levels, some));
      missing -= some;
      taken.push_back({row.variant_id, row.location_id, some, some});
      changed.push_back(row);
    }
  }
  RETURN_IF_ERROR(inventory::write_rows(connection_, changed));
  remember(rows);
  return taken;
}

Status Work::store_units(std::uint64_t epoch, std::span<const Units> units) {
  std::vector<store::Parameter> rows;
  rows.reserve(units.size() * 6);
  for (const Units& one : units) {
    rows.emplace_back(number(epoch));
    rows.emplace_back(std::string_view(one.variant.str()));
    rows.emplace_back(std::string_view(one.location.str()));
    rows.emplace_back(one.granted);
    rows.emplace_back(std::int64_t{0});
    rows.emplace_back(std::int64_t{0});
  }
  constexpr std::string_view kUnitColumns[] = {"epoch",   "variant_id", "location_id",
                                               "granted", "sold",       "returned"};
  return connection_.insert_many("lease_units", kUnitColumns, rows);
}

Result<contract::LeaseGrant> Work::grant(const contract::LeaseRequest& request,
                                         const Policy& policy, const OnSale& on_sale) {
  if (!request.wants_units || policy.share_percent == 0 || on_sale.catalog_version == 0) {
    return contract::LeaseGrant{};
  }
  ASSIGN_OR_RETURN(const auto units, set_aside(policy, on_sale));
  if (units.empty()) {
    return contract::LeaseGrant{};
  }
  Lease lease{.spool_id = request.spool_id,
              .log_id = request.log_id,
              .predecessor = request.newest_epoch,
              .catalog_version = on_sale.catalog_version,
              .valid_for = policy.valid_for};
  for (const Units& one : units) {
    lease.units_granted += one.granted;
  }
  ASSIGN_OR_RETURN(const std::int64_t epoch, outbox::take_numbers(connection_, "lease", 1));
  lease.epoch = static_cast<std::uint64_t>(epoch);
  constexpr std::string_view kLeaseColumns[] = {
      "epoch",           "spool_id",     "log_id",        "predecessor",   "state",
      "catalog_version", "valid_for_ms", "granted_at",    "units_granted", "closed_at",
      "units_returned",  "abandoned_by", "abandon_reason"};
  const store::Parameter row[] = {epoch,
                                  std::string_view(lease.spool_id),
                                  std::string_view(lease.log_id),
                                  number(lease.predecessor),
                                  static_cast<std::int64_t>(LeaseState::kOpen),
                                  number(lease.catalog_version),
                                  static_cast<std::int64_t>(lease.valid_for.count()),
                                  to_unix_ms(now_),
                                  lease.units_granted,
                                  std::int64_t{0},
                                  std::int64_t{0},
                                  std::string_view(),
                                  std::string_view()};
  RETURN_IF_ERROR(connection_.insert_many("leases", kLeaseColumns, row));
  RETURN_IF_ERROR(store_units(lease.epoch, units));
  granted_ = lease.epoch;
  return grant_of(connection_, lease);
}

Status Work::announce() {
  std::vector<outbox::Event> events;
  for (const auto& [variant, units] : available_) {
    events.push_back({.topic = outbox::kStockChanged,
                      .order_number = 0,
                      .payload = inventory::stock_changed_payload(variant, units)});
    touched_.push_back(variant);
  }
  return outbox::append(connection_, events, now_);
}

Result<contract::LeaseGrant> refuse(std::uint64_t epoch, std::string_view why) {
  return make_error(ErrorCode::kVersionConflict,
                    "lease " + std::to_string(epoch) + " " + std::string(why));
}

// The spool's newest lease is over, or there was none.
Result<contract::LeaseGrant> after_closed(Work& work, const contract::LeaseRequest& request,
                                          const std::optional<Lease>& newest, const Policy& policy,
                                          const OnSale& on_sale) {
  const std::uint64_t asked = request.newest_epoch;
  // A delivered lease was named by its spool, which has it on its disk: a request without it is
  // late, and what it were granted the spool would never hear of.
  const bool known = newest.has_value() && newest->log_id == request.log_id
                         ? asked == newest->epoch || (newest->state == LeaseState::kAbandoned &&
                                                      asked == newest->predecessor)
                         : asked == 0;
  if (!known) {
    return refuse(asked, "is not this spool's newest one");
  }
  if (newest.has_value() && newest->epoch == asked && newest->state == LeaseState::kAbandoned &&
      !request.delivered) {
    return refuse(asked, "was abandoned; deliver what was sold from it");
  }
  return work.grant(request, policy, on_sale);
}

Result<contract::LeaseGrant> exchange_in(store::Connection& connection, Work& work,
                                         const contract::LeaseRequest& request,
                                         const Policy& policy, const OnSale& on_sale) {
  ASSIGN_OR_RETURN(const auto newest, lock_newest(connection, request.spool_id));
  if (!newest.has_value() || newest->state != LeaseState::kOpen) {
    return after_closed(work, request, newest, policy, on_sale);
  }
  if (newest->log_id != request.log_id) {
    return refuse(newest->epoch,
                  "of this spool is open, but was granted to another disk: deliver that disk's "
                  "orders, or abandon the lease");
  }
  if (newest->epoch == request.newest_epoch) {
    if (!request.delivered) {
      return contract::LeaseGrant{};  // it stays open
    }
    if (!planted::fault(planted::kLeaseNotClosed)) {
      RETURN_IF_ERROR(work.close(*newest, LeaseState::kDelivered, {}, {}));
    }
    return work.grant(request, policy, on_sale);
  }
  if (newest->predecessor != request.newest_epoch) {
    return refuse(request.newest_epoch, "is not this spool's newest one");
  }
  // The answer was lost: the spool knows nothing of this lease and has sold nothing from it. Its
  // time is counted from this request on, so that of the first one does not matter. Or this request
  // is late and the spool sells by now: a lease is closed only where it is named, so a spool that
  // is drained is told of it too, and names it next time.
  return grant_of(connection, *newest);
}

}  // namespace

std::string_view name(LeaseState state) {
  switch (state) {
    case LeaseState::kOpen:
      return "open";
    case LeaseState::kDelivered:
      return "delivered";
    case LeaseState::kAbandoned:
      return "abandoned";
  }
  return "unknown";
}

Result<contract::LeaseGrant> Lessor::exchange(const contract::LeaseRequest& request,
                                              const OnSale& on_sale) {
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(connection->claim("leases", true));
  Work work(*connection, clock_.now());
  ASSIGN_OR_RETURN(auto grant, exchange_in(*connection, work, request, policy_, on_sale));
  RETURN_IF_ERROR(work.announce());
  RETURN_IF_ERROR(transaction.commit());
  units_returned_ += work.returned();
  touched_(work.touched());
  if (work.closed() != 0 || work.granted() != 0) {
    log::info("lease_exchanged", {{"spool", request.spool_id},
                                  {"closed", number(work.closed())},
                                  {"granted", number(work.granted())},
                                  {"variants", grant.units.size()},
                                  {"units_returned", work.returned()}});
  }
  return grant;
}

Result<Lease> Lessor::abandon(const std::string& spool_id, std::uint64_t epoch,
                              const audit::Actor& actor, std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(connection->claim("leases", true));
  ASSIGN_OR_RETURN(const auto lease, lock_lease(*connection, epoch));
  if (!lease.has_value() || lease->spool_id != spool_id) {
    return make_error(ErrorCode::kNotFound,
                      spool_id + " was granted no lease " + std::to_string(epoch));
  }
  if (lease->state != LeaseState::kOpen) {
    return make_error(
        ErrorCode::kVersionConflict,
        "lease " + std::to_string(epoch) + " is " + std::string(name(lease->state)) + " already");
  }
  Work work(*connection, clock_.now());
  RETURN_IF_ERROR(work.close(*lease, LeaseState::kAbandoned, actor.name, reason));
  const outbox::Event events[] = {
      {.topic = outbox::kLeaseAbandoned,
       .order_number = 0,
       .payload = R"({"spool_id":")" + spool_id + R"(","epoch":)" + std::to_string(epoch) + "}"}};
  RETURN_IF_ERROR(outbox::append(*connection, events, clock_.now()));
  RETURN_IF_ERROR(work.announce());
  ASSIGN_OR_RETURN(const auto after, lock_lease(*connection, epoch));
  CHECK(after.has_value());
  const audit::Act act{.actor = actor,
                       .action = "lease.abandon",
                       .subject = spool_id + " epoch " + std::to_string(epoch),
                       .detail = "units returned " + std::to_string(after->units_returned),
                       .reason = std::string(reason)};
  RETURN_IF_ERROR(audit::append(*connection, std::span(&act, 1), clock_.now()));
  RETURN_IF_ERROR(transaction.commit());
  units_returned_ += work.returned();
  touched_(work.touched());
  log::warning("lease_abandoned", {{"spool", spool_id},
                                   {"epoch", number(epoch)},
                                   {"by", actor.name},
                                   {"reason", reason},
                                   {"units_returned", after->units_returned}});
  return *after;
}

Result<std::vector<Lease>> Lessor::list(std::size_t limit) {
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  std::vector<Lease> leases;
  const store::Parameter most[] = {static_cast<std::int64_t>(limit)};
  RETURN_IF_ERROR(connection->query(
      "SELECT " + std::string(kColumns) + " FROM leases ORDER BY epoch DESC LIMIT $1", most,
      [&leases](const store::Row& row) -> Status {
        leases.push_back(read_lease(row));
        return {};
      }));
  return leases;
}

Result<Stats> Lessor::stats() {
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  Stats stats{.units_returned = units_returned_};
  RETURN_IF_ERROR(
      connection->query("SELECT count(*), coalesce(min(granted_at), 0) FROM leases WHERE state = 0",
                        {}, [&stats](const store::Row& row) -> Status {
                          stats.open = row.integer(0);
                          stats.oldest_granted_at = from_unix_ms(row.integer(1));
                          return {};
                        }));
  RETURN_IF_ERROR(
      connection->query("SELECT CAST(coalesce(sum(u.granted - u.sold - u.returned), 0) AS BIGINT) "
                        "FROM leases l JOIN lease_units u "
                        "ON u.epoch = l.epoch WHERE l.state = 0",
                        {}, [&stats](const store::Row& row) -> Status {
                          stats.leased_units = row.integer(0);
                          return {};
                        }));
  return stats;
}

}  // namespace dermaga::leases
