#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "customers/contact_index.h"
#include "result/result.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::metrics {
class Registry;
}

namespace dermaga::customers {

// Keeps `customer_index` up with whoever orders: afterwards, so that orders do not wait for it. Of
// orders it goes by their number and remembers how far it came; of declined orders and accounts
// each row says itself that it is due. So a shop from before the index is caught up with, too.
//
// Nobody who was erased comes in: erasures and this one exclude one another (`kIndexClaim`), and
// whether a person is still there is asked once more in the transaction that writes.
//
// Used by one thread at a time; of several cores on one store one is at it.
class Indexer {
 public:
  struct Ports {
    store::Database& database;
    const vault::Vault& vault;
    ContactIndex index;
    const Clock& clock;
    metrics::Registry* registry = nullptr;
    std::int64_t page_persons = 500;  // of each kind in one round
  };
  static constexpr std::int64_t kAccountsAtOnceMax = 25;
  static constexpr std::chrono::minutes kRestAfterFailure{1};

  explicit Indexer(Ports ports);

  // About once a second: one round. Failures are logged, counted and rested after.
  void run_due();

  // One round at once; how many persons were looked at. Of several cores on one store the others
  // are told 0.
  Result<std::int64_t> run();

 private:
  enum class Source : std::uint8_t;
  struct Person;

  // The shop may have moved to another country: everything is indexed anew then.
  Status adopt_country(store::Connection& connection);
  Result<std::int64_t> index_page(store::Connection& connection, Source source);
  Result<std::vector<Person>> read_page(store::Connection& connection, Source source,
                                        std::int64_t mark) const;
  Result<Person> open(const store::Row& row, Source source) const;
  // The person's keyed values; kCorrupt where the key or a field does not open.
  Status compute(const store::Row& row, Source source, Person& person) const;
  // In one transaction; false where another core did it.
  Result<bool> write(store::Connection& connection, Source source,
                     const std::vector<Person>& persons, std::int64_t mark) const;
  Status measure(store::Connection& connection) const;
  void count_failure() const;

  const Ports ports_;
  bool knows_country_ = false;
  SteadyTime next_;
};

// What whoever changes the index or erases somebody claims in the store first, before any row.
inline constexpr std::string_view kIndexClaim = "customer_index";

}  // namespace dermaga::customers
