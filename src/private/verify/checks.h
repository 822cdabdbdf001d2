#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "verify/verify.h"

namespace dermaga::verify {

// Collects breaches of one check, bounded.
class Findings {
 public:
  Findings(Report& report, std::string_view check, std::size_t breaches_max)
      : report_(report), check_(check), left_(breaches_max) {}
  void add(std::string row, std::string detail);

 private:
  Report& report_;
  std::string check_;
  std::size_t left_;
};

// Rows that must not exist: `sql` selects (row reference text, detail text).
struct SqlCheck {
  std::string_view name;
  std::string_view sql;
};
std::span<const SqlCheck> sql_checks();

// Every check, in the view that the connection has.
Status check_all(store::Connection& connection, std::string_view dialect, const Options& options,
                 Report& report);

// What SQL alone cannot recompute.
Status check_order_ids(store::Connection& connection, const Options& options, Report& report);
Status check_declined_ids(store::Connection& connection, const Options& options, Report& report);
Status check_status_combinations(store::Connection& connection, const Options& options,
                                 Report& report);
Status check_erasures(store::Connection& connection, const Options& options, Report& report);
Status check_sealed_fields(store::Connection& connection, const Options& options, Report& report);
Status check_account_fields(store::Connection& connection, const Options& options, Report& report);
Status check_customer_index(store::Connection& connection, const Options& options, Report& report);

}  // namespace dermaga::verify
