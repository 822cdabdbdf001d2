#include "checker.h"

#include <algorithm>

#include "inventory/inventory.h"

namespace dermaga::simulation {
namespace {

// An edge may have heard of the stock this long ago; see EdgeHost.
constexpr Milliseconds kNewsAgeMax{60s};
// Once all is well core is started again, takes up what is open, and the provider answers.
constexpr std::int64_t kAskedWithinMs = 30'000;
constexpr std::int64_t kLeaseDelivered = 1;

}  // namespace

void Checker::breach(std::string_view invariant, std::string detail) {
  context_.findings.breach(invariant, std::move(detail));
}

void Checker::check_read(const Status& read) {
  if (!read.has_value()) {
    breach("store_readable", read.error().message());
  }
}

std::int64_t Checker::available(const VariantId& variant) const {
  const auto found = available_.find(variant.str());
  return found == available_.end() ? 0 : found->second;
}

void Checker::look(store::Connection& connection) {
  look_at_stock(connection);
  look_at_orders(connection);
  look_at_declined(connection);
  look_at_versions(connection);
  look_at_leases(connection);
}

// A key is decided once: its order is stored, or declined, and stays so.
void Checker::look_at_declined(store::Connection& connection) {
  std::map<std::string, std::string> now;
  check_read(connection.query("SELECT order_id, body_sha256 FROM declined_orders", {},
                              [&](const store::Row& row) -> Status {
                                now.emplace(row.text(0), row.blob(1));
                                return {};
                              }));
  for (const auto& [id, body] : declined_) {
    if (!now.contains(id)) {
      breach("declined_order_lost", "order " + id + " was declined, and nobody knows any more");
    }
  }
  declined_ = std::move(now);
  for (const auto& [id, body] : declined_) {
    if (stored_.contains(id)) {
      breach("decided_once", "order " + id + " is declined and stored");
    }
  }
}

void Checker::look_at_leases(store::Connection& connection) {
  check_read(connection.query(
      "SELECT epoch, state FROM leases", {}, [this](const store::Row& row) -> Status {
        leases_[static_cast<std::uint64_t>(row.integer(0))] = row.integer(1);
        return {};
      }));
}

// Core knows of its own step only when it is over; until then a lease counts as open.
void Checker::check_leased(const OrderId& id, std::uint64_t epoch, bool is_new) {
  const auto lease = leases_.find(epoch);
  if (lease == leases_.end() || (is_new && lease->second == kLeaseDelivered)) {
    breach("sold_from_closed_lease", "order " + id.str() + " was sold from lease " +
                                         std::to_string(epoch) + ", whose units core took back");
  }
  if (is_new) {
    sold_from_.insert(epoch);
  }
  leased_[id.str()].insert(epoch);
}

void Checker::check_granted(std::uint64_t epoch) {
  if (sold_from_.contains(epoch)) {
    breach("lease_granted_again",
           "lease " + std::to_string(epoch) + " was granted in full after units of it were sold");
  }
}

void Checker::check_delivery(const std::vector<contract::PlaceOrder>& orders,
                             const std::vector<contract::PlaceOutcome>& outcomes,
                             store::Connection& connection) {
  const auto known_before = stored_;
  const auto declined_before = declined_;
  look(connection);
  if (orders.size() != outcomes.size()) {
    breach("batch_answered", "a delivery was answered with another number of outcomes");
    return;
  }
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const std::string& id = orders[i].id.str();
    if (known_before.contains(id)) {
      check_known(orders[i], outcomes[i]);
    }
    const auto* placed = std::get_if<contract::Placed>(&outcomes[i]);
    const auto* refused = std::get_if<contract::Refused>(&outcomes[i]);
    if (placed != nullptr && !stored_.contains(id) && !declined_.contains(id)) {
      breach("acknowledged_before_stored", "order " + id + " is delivered, but decided nowhere");
    }
    if (declined_before.contains(id) && stored_.contains(id)) {
      breach("decided_once", "order " + id + " was declined and is accepted now");
    }
    const bool other_bytes = refused != nullptr && refused->code == "idempotency_key_reused";
    if (placed == nullptr && !other_bytes && (refused == nullptr || refused->http_status < 500)) {
      breach("delivery_refused", "order " + id + " came from a spool and was not decided");
    }
  }
}

// Whoever saw a change has seen it for good: it may have been told, paid or shipped upon.
void Checker::look_at_versions(store::Connection& connection) {
  const std::int64_t before = versions_;
  check_read(connection.query(
      "SELECT (SELECT coalesce(sum(version), 0) FROM orders) + (SELECT coalesce(sum(version), 0) "
      "FROM stock)",
      {}, [this](const store::Row& row) -> Status {
        versions_ = row.integer(0);
        return {};
      }));
  if (versions_ < before) {
    breach("stored_change_lost", "orders and stock are older than they were: versions sum up to " +
                                     std::to_string(versions_) + " after " +
                                     std::to_string(before));
  }
}

std::vector<Checker::Expired> Checker::newly_expired(store::Connection& connection) {
  std::vector<Expired> found;
  check_read(connection.query(
      "SELECT order_id, payment_status FROM orders WHERE status = 4 ORDER BY order_number", {},
      [&](const store::Row& row) -> Status {
        if (expired_.emplace(row.text(0)).second) {
          found.push_back({.id = std::string(row.text(0)), .is_undecided = row.integer(1) == 0});
        }
        return {};
      }));
  return found;
}

void Checker::check_expired(store::Connection& connection) {
  for (const Expired& order : newly_expired(connection)) {
    const auto stored = stored_.find(order.id);
    const Wish* wish = stored == stored_.end() ? nullptr : ledger_.find(stored->second.key);
    if (wish == nullptr) {
      continue;
    }
    const std::int64_t due = stored->second.placed_at + context_.plan.hold.count();
    if (due > to_unix_ms(context_.timeline.now())) {
      breach("expired_early", "order " + order.id + " lost its units before its time");
    }
    if (order.is_undecided && wish->token == "tok_approve" && context_.healed &&
        due > healed_at_ms_ + kAskedWithinMs) {
      breach("payment_forgotten", "order " + order.id + " expired unpaid though all was well");
    }
  }
}

void Checker::look_at_stock(store::Connection& connection) {
  Levels now;
  const Status read = connection.query(
      "SELECT s.variant_id, s.location_id, s.on_hand, s.available, s.held, s.leased, "
      "coalesce((SELECT sum(l.held) FROM order_lines l WHERE l.variant_id = s.variant_id AND "
      "l.location_id = s.location_id), 0), coalesce((SELECT sum(u.granted - u.sold - "
      "u.returned) FROM lease_units u JOIN leases e ON e.epoch = u.epoch WHERE e.state = 0 AND "
      "u.variant_id = s.variant_id AND u.location_id = s.location_id), 0) FROM stock s ORDER BY 1, "
      "2",
      {}, [&](const store::Row& row) -> Status {
        const inventory::Levels levels{.on_hand = row.integer(2),
                                       .available = row.integer(3),
                                       .held = row.integer(4),
                                       .leased = row.integer(5)};
        const std::string place = std::string(row.text(0)) + " at " + std::string(row.text(1));
        if (!inventory::is_sound(levels)) {
          breach("stock_row", place + ": on hand " + std::to_string(levels.on_hand) +
                                  ", available " + std::to_string(levels.available) + ", held " +
                                  std::to_string(levels.held) + ", leased " +
                                  std::to_string(levels.leased));
        }
        if (levels.held != row.integer(6)) {
          breach("stock_held", place + ": held " + std::to_string(levels.held) +
                                   ", but order lines hold " + std::to_string(row.integer(6)));
        }
        if (levels.leased != row.integer(7)) {
          breach("stock_leased", place + ": leased " + std::to_string(levels.leased) +
                                     ", but open leases have " + std::to_string(row.integer(7)));
        }
        now[std::string(row.text(0))] += levels.available;
        return {};
      });
  check_read(read);
  if (now != available_ || history_.empty()) {
    available_ = now;
    history_.emplace_back(context_.timeline.elapsed(), std::move(now));
  }
}

void Checker::look_at_orders(store::Connection& connection) {
  const store::Parameter after[] = {last_number_};
  const Status read = connection.query(
      "SELECT order_number, order_id, idempotency_key, body_sha256, total, placed_at, received_at "
      "FROM orders WHERE order_number > $1 ORDER BY order_number",
      after, [&](const store::Row& row) -> Status {
        last_number_ = row.integer(0);
        const auto [known, added] = stored_.emplace(
            std::string(row.text(1)), Stored{.key = std::string(row.text(2)),
                                             .body_sha256 = std::string(row.blob(3)),
                                             .total = row.integer(4),
                                             .placed_at = row.integer(5),
                                             .told_placed_at = row.integer(row.is_null(6) ? 5 : 6),
                                             .seen_at = context_.timeline.elapsed()});
        const Wish* wish = ledger_.find(known->second.key);
        check_flaw(known->first, known->second);
        const bool wanted = wish != nullptr && wish->id.str() == known->first &&
                            std::ranges::any_of(wish->bodies, [&](const RequestBody& body) {
                              return body.sha256 == known->second.body_sha256;
                            });
        if (!added || !wanted) {
          breach(added ? "unknown_order" : "one_order_per_key",
                 "order " + known->first + " of key " + known->second.key);
        }
        return {};
      });
  check_read(read);
}

void Checker::check_flaw(const std::string& id, const Stored& stored) {
  const Wish* wish = ledger_.find(stored.key);
  if (wish == nullptr) {
    return;
  }
  for (const RequestBody& body : wish->bodies) {
    if (body.sha256 == stored.body_sha256 && body.flaw != Flaw::kNone) {
      breach("refusable_order_stored",
             "order " + id + " was placed, but " +
                 (body.flaw == Flaw::kPrice ? "at a price that is none" : "its box does not open"));
    }
  }
}

void Checker::look_after_restart(store::Connection& connection) {
  std::map<std::string, std::string> there;  // body hash by order id
  const Status read = connection.query("SELECT order_id, body_sha256 FROM orders", {},
                                       [&](const store::Row& row) -> Status {
                                         there.emplace(row.text(0), row.blob(1));
                                         return {};
                                       });
  check_read(read);
  for (const auto& [id, stored] : stored_) {
    const auto found = there.find(id);
    if (found == there.end() || found->second != stored.body_sha256) {
      const Wish* wish = ledger_.find(stored.key);
      const bool told = wish != nullptr && wish->told.has_value();
      breach(told ? "acknowledged_order_lost" : "stored_order_lost",
             "order " + id + " of key " + stored.key + " is gone after a restart");
    }
  }
  for (const auto& [key, wish] : ledger_.wishes()) {
    if (wish.told.has_value() && !there.contains(wish.told->id) &&
        !leased_.contains(wish.told->id)) {
      breach("acknowledged_order_lost",
             "order " + wish.told->id + " of key " + key + " was answered 201 and is not stored");
    }
  }
  look(connection);
  (void)newly_expired(connection);  // at a time that only the process before it knew
}

void Checker::check_batch(const std::vector<contract::PlaceOrder>& orders,
                          const std::vector<contract::PlaceOutcome>& outcomes,
                          store::Connection& connection) {
  const Levels before = available_;
  const auto known_before = stored_;
  look(connection);
  if (orders.size() != outcomes.size()) {
    breach("batch_answered", "a batch was answered with another number of outcomes");
    return;
  }
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (known_before.contains(orders[i].id.str())) {
      check_known(orders[i], outcomes[i]);
    }
    const auto* placed = std::get_if<contract::Placed>(&outcomes[i]);
    if (placed != nullptr && !stored_.contains(placed->order.id.str()) &&
        !declined_.contains(placed->order.id.str())) {
      breach("acknowledged_before_stored",
             "order " + placed->order.id.str() + " is answered as placed, but not stored");
    }
    if (const auto* refusal = std::get_if<contract::OutOfStock>(&outcomes[i])) {
      check_short(*refusal, before);
    }
  }
}

// A key that was known before is answered from its row.
void Checker::check_known(const contract::PlaceOrder& order,
                          const contract::PlaceOutcome& outcome) {
  const Stored& stored = stored_.at(order.id.str());
  const auto* refused = std::get_if<contract::Refused>(&outcome);
  if (refused != nullptr && refused->http_status >= 500) {
    return;
  }
  const bool same_bytes = stored.body_sha256 == order.body_sha256;
  const auto* placed = std::get_if<contract::Placed>(&outcome);
  if (same_bytes && (placed == nullptr || !placed->replayed)) {
    breach("refused_though_placed", "key " + order.idempotency_key + " has an order, but " +
                                        "the same request was not answered with it");
  }
  if (!same_bytes && (refused == nullptr || refused->code != "idempotency_key_reused")) {
    breach("key_reused", "key " + order.idempotency_key +
                             " was taken for other bytes than its order was placed with");
  }
}

// Inside one batch stock only falls: what was reported lies between before and after.
void Checker::check_short(const contract::OutOfStock& refusal, const Levels& before) {
  for (const contract::ShortLine& line : refusal.lines) {
    const auto was = before.find(line.variant_id.str());
    const std::int64_t most = was == before.end() ? 0 : was->second;
    if (line.requested <= line.available || line.available > most ||
        line.available < available(line.variant_id)) {
      breach("false_out_of_stock",
             line.variant_id.str() + ": " + std::to_string(line.requested) + " asked, " +
                 std::to_string(line.available) + " reported, " + std::to_string(most) +
                 " before and " + std::to_string(available(line.variant_id)) + " after the batch");
    }
  }
}

void Checker::check_charge(const OrderId& id) {
  if (!stored_.contains(id.str())) {
    breach("charged_without_order",
           "the provider is asked for money for " + id.str() + ", which is not stored");
  }
}

void Checker::check_placed(const Wish& wish, const Told& told, bool is_deferred) {
  const RequestBody& body = wish.bodies[told.body];
  if (told.id != wish.id.str() || told.total != body.total.amount()) {
    breach("answer_of_another_order", "key " + wish.key + " was answered with order " + told.id +
                                          " over " + std::to_string(told.total));
  }
  if (!is_deferred && wish.told.has_value() &&
      !leased_.contains(told.id) &&  // a retry may reach core first, with a receipt of its own
      (wish.told->id != told.id || wish.told->placed_at != told.placed_at ||
       wish.told->body != told.body)) {
    breach("replay_differs", "key " + wish.key + " was answered 201 twice, differently");
  }
}

void Checker::check_out_of_stock(const Wish& wish, const RequestBody& body, Milliseconds sent_at,
                                 const std::vector<contract::ShortLine>& lines) {
  const auto stored = stored_.find(wish.id.str());
  if (stored != stored_.end() && stored->second.seen_at < sent_at &&
      stored->second.body_sha256 == body.sha256) {
    breach("refused_though_placed",
           "key " + wish.key + " had its order before it was refused as out of stock");
  }
  for (const auto& told : {wish.told, wish.deferred}) {
    if (told.has_value() && told->heard_at < sent_at &&
        wish.bodies[told->body].sha256 == body.sha256) {
      breach("refused_though_told",
             "key " + wish.key + " was answered, and is refused as out of stock afterwards");
    }
  }
  const Milliseconds since = sent_at - kNewsAgeMax;
  for (const contract::ShortLine& line : lines) {
    bool was_short = false;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const bool in_window = i + 1 == history_.size() || history_[i + 1].first >= since;
      const auto level = history_[i].second.find(line.variant_id.str());
      was_short =
          was_short ||
          (in_window && (level == history_[i].second.end() || level->second < line.requested));
    }
    if (!was_short) {
      breach("false_out_of_stock", line.variant_id.str() + " was never short of " +
                                       std::to_string(line.requested) + " lately");
    }
  }
}

}  // namespace dermaga::simulation
