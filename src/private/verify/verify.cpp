#include "verify/verify.h"

#include "audit/verification.h"
#include "checks.h"
#include "store/store.h"

namespace dermaga::verify {
namespace {

Status run_sql_checks(store::Connection& connection, const Options& options, Report& report) {
  for (const SqlCheck& check : sql_checks()) {
    Findings findings(report, check.name, options.breaches_max);
    RETURN_IF_ERROR(connection.query(check.sql, {}, [&](const store::Row& row) -> Status {
      findings.add(std::string(row.text(0)), std::string(row.text(1)));
      return {};
    }));
  }
  return {};
}

Status count_stock(store::Connection& connection, Report& report) {
  return connection.query("SELECT count(*) FROM stock", {}, [&](const store::Row& row) -> Status {
    report.stock_rows_checked = row.integer(0);
    return {};
  });
}

Status count_broken_promises(store::Connection& connection, Report& report) {
  return connection.query(
      "SELECT count(*) FROM declined_orders WHERE first_answer = 2 AND substr(reason, 1, 4) <> "
      "'box_' AND reason NOT IN ('saved_card_unknown', 'card_refused', "
      "'payment_provider_unknown')",
      {}, [&](const store::Row& row) -> Status {
        report.promises_broken = row.integer(0);
        return {};
      });
}

void add_sentences(const std::vector<std::string>& sentences, std::string_view check,
                   const Options& options, Report& report);

Status check_audit_log(store::Connection& connection, const Options& options, Report& report) {
  ASSIGN_OR_RETURN(const auto found, audit::verify(connection, options.audit_signer, std::nullopt));
  report.audit_entries_checked = static_cast<std::int64_t>(found.entries);
  add_sentences(found.breaches, "audit_log", options, report);
  return {};
}

void add_sentences(const std::vector<std::string>& sentences, std::string_view check,
                   const Options& options, Report& report) {
  Findings findings(report, check, options.breaches_max);
  for (const std::string& sentence : sentences) {
    findings.add("database", sentence);
  }
}

}  // namespace

Status check_all(store::Connection& connection, std::string_view dialect, const Options& options,
                 Report& report) {
  ASSIGN_OR_RETURN(const auto damaged, store::integrity_breaches(connection, dialect));
  add_sentences(damaged, "integrity", options, report);
  ASSIGN_OR_RETURN(const auto dangling, store::reference_breaches(connection, dialect));
  add_sentences(dangling, "foreign_key", options, report);
  RETURN_IF_ERROR(count_stock(connection, report));
  RETURN_IF_ERROR(count_broken_promises(connection, report));
  RETURN_IF_ERROR(run_sql_checks(connection, options, report));
  RETURN_IF_ERROR(check_order_ids(connection, options, report));
  RETURN_IF_ERROR(check_declined_ids(connection, options, report));
  RETURN_IF_ERROR(check_status_combinations(connection, options, report));
  RETURN_IF_ERROR(check_audit_log(connection, options, report));
  RETURN_IF_ERROR(check_erasures(connection, options, report));
  if (options.vault != nullptr) {
    RETURN_IF_ERROR(check_sealed_fields(connection, options, report));
    RETURN_IF_ERROR(check_account_fields(connection, options, report));
    if (options.customer_index != nullptr) {
      RETURN_IF_ERROR(check_customer_index(connection, options, report));
    }
  }
  return {};
}

Result<Report> verify(store::Connection& connection, std::string_view dialect,
                      const Options& options) {
  Report report;
  // One consistent view; ends without a trace.
  ASSIGN_OR_RETURN(const auto view, store::Transaction::begin(connection));
  RETURN_IF_ERROR(check_all(connection, dialect, options, report));
  return report;
}

}  // namespace dermaga::verify
