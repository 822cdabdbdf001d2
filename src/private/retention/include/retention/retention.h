#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "clock/clock.h"
#include "customers/customers.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::metrics {
class Registry;
}

namespace dermaga::retention {

// How long is kept; 0: for ever.
struct Rules {
  std::int64_t guest_days = 0;           // since the order ended, no money being under way
  std::int64_t declined_days = 0;        // since a delivered order was declined
  std::int64_t account_unused_days = 0;  // since it was last used, no order being under way
  std::int64_t mail_file_hours = 0;
};

// Everything it uses; must outlive it.
struct Ports {
  store::Database& database;
  customers::Customers& customers;
  std::function<Status()> forget_what_is_over;  // accounts'
  std::string mail_folder;                      // the file sink's
  const Clock& clock;
  metrics::Registry* registry = nullptr;
};

// Persons by the rule they fall under.
struct Persons {
  std::int64_t guests = 0;
  std::int64_t declined = 0;
  std::int64_t accounts = 0;
  std::int64_t total() const { return guests + declined + accounts; }
};

inline constexpr std::int64_t kPersonsPerRun = 50;
inline constexpr std::chrono::seconds kRest{10};  // while more persons are due
inline constexpr std::chrono::minutes kRestAfterFailure{1};
inline constexpr std::chrono::hours kRestWhenDone{1};

// Erases whoever is kept longer than the rules say. Thread-safe.
class Retention {
 public:
  Retention(const Ports& ports, const Rules& rules);

  // About once a second: at most kPersonsPerRun of what is due, where the last rest is over.
  // Failures are logged, and tried again after a minute.
  void run_due();

  // At once, at most so many persons; mails and what is over in accounts too. kOverloaded where
  // another core is at it.
  Result<Persons> run(std::int64_t persons_max);

  // How many persons are due now.
  Result<Persons> due() const;
  const Rules& rules() const { return rules_; }

 private:
  Result<Persons> erase_persons(std::int64_t persons_max);
  Status housekeep();
  void count(std::string_view kind, std::int64_t persons) const;
  void failed(std::string_view what, const Error& error) const;

  const Ports ports_;
  const Rules rules_;
  std::mutex mutex_;  // one run at a time
  SteadyTime next_housekeeping_;
  SteadyTime next_persons_;
};

}  // namespace dermaga::retention
