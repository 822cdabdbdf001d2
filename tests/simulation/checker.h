#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "context.h"
#include "contract/order.h"
#include "ledger.h"
#include "provider.h"
#include "shop.h"
#include "store/database.h"

namespace dermaga::simulation {

// Holds what core stored and said against the promises: after every step of core by look(), at the
// end by judge(). It knows the truth of every moment, since nothing happens between two steps.
class Checker {
 public:
  Checker(Context& context, const Shop& shop, const Ledger& ledger, const Provider& provider)
      : context_(context), shop_(shop), ledger_(ledger), provider_(provider) {}

  // What is stored now. Everything that a look saw is durable and must be there ever after.
  void look(store::Connection& connection);
  // After a restart: everything seen before is still there.
  void look_after_restart(store::Connection& connection);
  // A batch that core decided between two looks.
  void check_batch(const std::vector<contract::PlaceOrder>& orders,
                   const std::vector<contract::PlaceOutcome>& outcomes,
                   store::Connection& connection);
  // The sweeper made a round just now.
  void check_expired(store::Connection& connection);
  // No fault happens from now on.
  void note_healed() { healed_at_ms_ = to_unix_ms(context_.timeline.now()); }
  // The same for a spool's delivery.
  void check_delivery(const std::vector<contract::PlaceOrder>& orders,
                      const std::vector<contract::PlaceOutcome>& outcomes,
                      store::Connection& connection);
  // A spool answered 201 from a lease; a new order, or one that it had already.
  void check_leased(const OrderId& id, std::uint64_t epoch, bool is_new);
  // A spool took a grant. Core gives one again only where the spool never had it.
  void check_granted(std::uint64_t epoch);
  // The provider is asked for money now.
  void check_charge(const OrderId& id);
  // A shopper was told 201, 202, or that there is not enough.
  void check_placed(const Wish& wish, const Told& told, bool is_deferred);
  void check_out_of_stock(const Wish& wish, const RequestBody& body, Milliseconds sent_at,
                          const std::vector<contract::ShortLine>& lines);
  // When everything has healed and settled.
  void judge(store::Connection& connection);

  struct Stored {
    std::string key;
    std::string body_sha256;
    std::int64_t total = 0;
    std::int64_t placed_at = 0;       // when core accepted it
    std::int64_t told_placed_at = 0;  // what shoppers are told
    Milliseconds seen_at{0};
  };
  const std::map<std::string, Stored>& stored() const { return stored_; }  // by order id
  std::int64_t available(const VariantId& variant) const;
  bool has_row(const VariantId& variant) const { return available_.contains(variant.str()); }

 private:
  using Levels = std::map<std::string, std::int64_t>;  // available units by variant

  void look_at_stock(store::Connection& connection);
  void look_at_orders(store::Connection& connection);
  void look_at_declined(store::Connection& connection);
  void look_at_versions(store::Connection& connection);
  void look_at_leases(store::Connection& connection);
  struct Expired {
    std::string id;
    bool is_undecided = false;  // as to its payment
  };
  // Those that were not seen as such before.
  std::vector<Expired> newly_expired(store::Connection& connection);
  void check_promised_units(store::Connection& connection);
  void check_flaw(const std::string& id, const Stored& stored);
  void check_known(const contract::PlaceOrder& order, const contract::PlaceOutcome& outcome);
  void check_short(const contract::OutOfStock& refusal, const Levels& before);
  void judge_orders(store::Connection& connection);
  void judge_deferred(const Wish& wish);
  void judge_leased(const Wish& wish);
  void judge_lines(store::Connection& connection);
  void judge_money(store::Connection& connection);
  void judge_holds(store::Connection& connection);
  void judge_stock(store::Connection& connection);
  void judge_rows(store::Connection& connection);
  void check_read(const Status& read);
  void breach(std::string_view invariant, std::string detail);

  Context& context_;
  const Shop& shop_;
  const Ledger& ledger_;
  const Provider& provider_;
  std::map<std::string, Stored> stored_;
  std::map<std::string, std::string> declined_;            // body hash by order id
  std::set<std::string> expired_;                          // order ids
  std::map<std::string, std::set<std::uint64_t>> leased_;  // epochs by order id: answered by spools
  std::set<std::uint64_t> sold_from_;                      // epochs
  std::map<std::uint64_t, std::int64_t> leases_;           // states by epoch
  std::int64_t versions_ = 0;      // summed up over orders and stock; every change adds to them
  std::int64_t healed_at_ms_ = 0;  // by the wall clock
  std::int64_t last_number_ = 0;
  Levels available_;
  std::vector<std::pair<Milliseconds, Levels>> history_;  // of available_, one entry per change
};

}  // namespace dermaga::simulation
