#include "retention/retention.h"

#include <optional>
#include <string_view>
#include <vector>

#include "ids/ids.h"
#include "log/log.h"
#include "mail/mail.h"
#include "metrics/metrics.h"

namespace dermaga::retention {
namespace {

// One rule. `from` begins at FROM and ends inside a WHERE; $1 is the latest time that is due.
struct Kind {
  std::string_view name;
  std::int64_t Rules::* days;
  std::int64_t Persons::* persons;
  std::string_view id;  // column of whom to erase
  std::string_view order;
  std::string_view from;
  bool is_account;
};

constexpr Kind kKinds[] = {
    {.name = "guest",
     .days = &Rules::guest_days,
     .persons = &Persons::guests,
     .id = "o.order_id",
     .order = "o.ended_at",
     .from = " FROM orders o WHERE o.ended_at > 0 AND o.ended_at <= $1 AND "
             "length(o.address_sealed) > 0 AND o.refund_due = 0 AND NOT EXISTS (SELECT 1 FROM "
             "account_orders a WHERE a.order_number = o.order_number)",
     .is_account = false},
    {.name = "declined",
     .days = &Rules::declined_days,
     .persons = &Persons::declined,
     .id = "d.order_id",
     .order = "d.decided_at",
     .from = " FROM declined_orders d WHERE d.decided_at <= $1 AND length(d.wrapped_key) > 0",
     .is_account = false},
    {.name = "account",
     .days = &Rules::account_unused_days,
     .persons = &Persons::accounts,
     .id = "a.customer_id",
     .order = "a.last_seen_at",
     .from = " FROM accounts a WHERE a.last_seen_at <= $1 AND NOT EXISTS (SELECT 1 FROM "
             "account_orders h JOIN orders o ON o.order_number = h.order_number WHERE "
             "h.customer_id = a.customer_id AND (o.ended_at = 0 OR o.refund_due > 0))",
     .is_account = true}};

std::int64_t latest_due(const Kind& kind, const Rules& rules, UtcTime now) {
  return to_unix_ms(now - std::chrono::days(rules.*kind.days));
}

Result<std::vector<std::string>> page(store::Connection& connection, const Kind& kind,
                                      std::int64_t latest, std::int64_t limit) {
  std::vector<std::string> ids;
  const store::Parameter parameters[] = {latest, limit};
  RETURN_IF_ERROR(connection.query("SELECT " + std::string(kind.id) + std::string(kind.from) +
                                       " ORDER BY " + std::string(kind.order) + " LIMIT $2",
                                   parameters, [&ids](const store::Row& row) -> Status {
                                     ids.emplace_back(row.text(0));
                                     return {};
                                   }));
  return ids;
}

// Somebody may have signed in, or been erased by staff, since the page was read.
Result<bool> is_still_due(store::Connection& connection, const Kind& kind, std::int64_t latest,
                          std::string_view id) {
  bool found = false;
  const store::Parameter parameters[] = {latest, id};
  RETURN_IF_ERROR(connection.query(
      "SELECT 1" + std::string(kind.from) + " AND " + std::string(kind.id) + " = $2", parameters,
      [&found](const store::Row&) -> Status {
        found = true;
        return {};
      }));
  return found;
}

Status erase(customers::Customers& customers, const Kind& kind, const std::string& id,
             std::int64_t days) {
  const audit::Actor actor{.name = "core", .source = "retention"};
  const std::string reason = "older than " + std::to_string(days) + " days by the shop's rules";
  if (kind.is_account) {
    ASSIGN_OR_RETURN(const auto account, CustomerId::parse(id));
    return customers.erase_account(account, actor, reason);
  }
  ASSIGN_OR_RETURN(const auto order, OrderId::parse(id));
  return customers.erase(order, actor, reason);
}

// It came to be needed, or went, in the last moment.
bool is_skipped(const Status& erased) {
  return !erased.has_value() && (erased.error().code() == ErrorCode::kVersionConflict ||
                                 erased.error().code() == ErrorCode::kNotFound);
}

}  // namespace

Retention::Retention(const Ports& ports, const Rules& rules)
    : ports_(ports),
      rules_(rules),
      next_housekeeping_(ports.clock.steady_now()),
      next_persons_(ports.clock.steady_now()) {
  for (const Kind& kind : kKinds) {
    count(kind.name, 0);
  }
}

void Retention::run_due() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  const SteadyTime now = ports_.clock.steady_now();
  if (!lock.owns_lock()) {
    return;  // a command is at it
  }
  if (now >= next_housekeeping_) {
    next_housekeeping_ = now + kRestWhenDone;
    if (const Status done = housekeep(); !done.has_value()) {
      next_housekeeping_ = now + kRestAfterFailure;
      failed("housekeeping", done.error());
    }
  }
  if (now < next_persons_) {
    return;
  }
  const auto erased = erase_persons(kPersonsPerRun);
  if (!erased.has_value()) {
    next_persons_ = now + kRestAfterFailure;
    if (erased.error().code() != ErrorCode::kOverloaded) {
      failed("persons", erased.error());
    }
    return;
  }
  next_persons_ = now + (erased->total() < kPersonsPerRun ? std::chrono::seconds(kRestWhenDone)
                                                          : std::chrono::seconds(kRest));
}

Result<Persons> Retention::run(std::int64_t persons_max) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(housekeep());
  return erase_persons(persons_max);
}

Result<Persons> Retention::due() const {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  Persons due;
  for (const Kind& kind : kKinds) {
    if (rules_.*kind.days == 0) {
      continue;
    }
    const store::Parameter latest[] = {latest_due(kind, rules_, ports_.clock.now())};
    RETURN_IF_ERROR(connection->query("SELECT count(*)" + std::string(kind.from), latest,
                                      [&](const store::Row& row) -> Status {
                                        due.*kind.persons = row.integer(0);
                                        return {};
                                      }));
  }
  return due;
}

Result<Persons> Retention::erase_persons(std::int64_t persons_max) {
  // Where cores share the store, one of them works until its transaction ends. An embedded store
  // has one core, and such a transaction would keep everybody else from writing.
  std::unique_ptr<store::Connection> turn;
  std::optional<store::Transaction> claimed;
  if (ports_.database.is_shared()) {
    ASSIGN_OR_RETURN(turn, ports_.database.connect());
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*turn));
    claimed.emplace(std::move(transaction));
    ASSIGN_OR_RETURN(const bool ours, turn->claim("retention", false));
    if (!ours) {
      return make_error(ErrorCode::kOverloaded, "another core is at it; try again in a moment");
    }
  }
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  Persons erased;
  for (const Kind& kind : kKinds) {
    const std::int64_t days = rules_.*kind.days;
    const std::int64_t left = persons_max - erased.total();
    if (days == 0 || left <= 0) {
      continue;
    }
    const std::int64_t latest = latest_due(kind, rules_, ports_.clock.now());
    ASSIGN_OR_RETURN(const auto ids, page(*connection, kind, latest, left));
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(const bool is_due, is_still_due(*connection, kind, latest, id));
      const Status done = is_due ? erase(ports_.customers, kind, id, days) : Status();
      if (!done.has_value() && !is_skipped(done)) {
        return std::unexpected(done.error());
      }
      if (is_due && done.has_value()) {
        erased.*kind.persons += 1;
        count(kind.name, 1);
      }
    }
  }
  if (erased.total() > 0) {
    log::info(
        "retention_erased",
        {{"guests", erased.guests}, {"declined", erased.declined}, {"accounts", erased.accounts}});
  }
  return erased;
}

Status Retention::housekeep() {
  RETURN_IF_ERROR(ports_.forget_what_is_over());
  if (rules_.mail_file_hours == 0) {
    return {};
  }
  ASSIGN_OR_RETURN(
      const std::int64_t removed,
      mail::remove_files_before(ports_.mail_folder,
                                ports_.clock.now() - std::chrono::hours(rules_.mail_file_hours)));
  if (removed > 0) {
    log::info("retention_mails_removed", {{"files", removed}});
  }
  return {};
}

void Retention::count(std::string_view kind, std::int64_t persons) const {
  if (ports_.registry != nullptr) {
    ports_.registry
        ->counter("dermaga_core_retention_erased_total",
                  "Persons erased by the shop's retention rules.", {{"kind", std::string(kind)}})
        .increment(static_cast<double>(persons));
  }
}

void Retention::failed(std::string_view what, const Error& error) const {
  log::error("retention_failed", {{"part", what}, {"error", error.message()}});
}

}  // namespace dermaga::retention
