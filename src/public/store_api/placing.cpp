#include <optional>
#include <utility>

#include "answers.h"
#include "contract/retry_after.h"
#include "digest/digest.h"
#include "impl.h"
#include "planted/planted.h"
#include "quoted_version.h"
#include "result/problem.h"

namespace dermaga::store_api {

struct StoreApi::Impl::Pending {
  contract::PlaceOrder order;
  std::string access_token;
  std::shared_ptr<const Keys> keys;
  Reply reply;
};

InFlight::Entry InFlight::enter(const OrderId& id, std::size_t count_max) {
  const std::lock_guard lock(mutex_);
  if (ids_.contains(id)) {
    return Entry::kAlreadyIn;
  }
  if (ids_.size() >= count_max) {
    return Entry::kFull;
  }
  ids_.insert(id);
  return Entry::kEntered;
}

void InFlight::leave(const OrderId& id) {
  const std::lock_guard lock(mutex_);
  ids_.erase(id);
}

std::size_t InFlight::count() const {
  const std::lock_guard lock(mutex_);
  return ids_.size();
}

namespace {

http::Response out_of_stock(const std::vector<contract::ShortLine>& lines) {
  return http::problem(409, "out_of_stock", "Not enough in stock",
                       "See lines for what is available.", 0, short_lines_members(lines));
}

http::Response outcome_response(const contract::PlaceOutcome& outcome,
                                const std::string& access_token) {
  if (const auto* placed = std::get_if<contract::Placed>(&outcome)) {
    // 202: core has not judged it, had not when it was first answered, or declined it since.
    http::Response response =
        json_response(placed->deferred ? 202 : 201, write_order(placed->order, access_token));
    response.headers.emplace_back("Location",
                                  std::string(kBasePath) + "/orders/" + placed->order.id.str());
    if (placed->replayed) {
      response.headers.emplace_back("Idempotent-Replayed", "true");
    }
    return response;
  }
  if (const auto* short_stock = std::get_if<contract::OutOfStock>(&outcome)) {
    return out_of_stock(short_stock->lines);
  }
  if (const auto* changed = std::get_if<contract::PriceChanged>(&outcome)) {
    return http::problem(409, "price_changed", "The price has changed",
                         "See quote for what the order would cost now.", 0,
                         quote_members(changed->quote));
  }
  return refused(std::get<contract::Refused>(outcome));
}

// Core has judged the order and will not take it; the same key again may be judged otherwise.
bool is_judgement(const contract::PlaceOutcome& outcome) {
  if (const auto* refusal = std::get_if<contract::Refused>(&outcome)) {
    return refusal->http_status < 500 && refusal->code != "idempotency_key_reused";
  }
  return !std::holds_alternative<contract::Placed>(outcome);
}

// The key, or why there is none.
std::optional<BodyRefusal> check_idempotency_key(std::string_view key) {
  if (key.empty()) {
    return BodyRefusal{400, "idempotency_key_missing",
                       "Send an Idempotency-Key header: a new one per order, the same one when "
                       "repeating."};
  }
  if (!is_idempotency_key(key)) {
    return BodyRefusal{400, "idempotency_key_invalid",
                       "Idempotency-Key must be 1 to 255 visible ASCII characters."};
  }
  return std::nullopt;
}

std::vector<contract::ShortLine> sold_out_lines(const catalog_view::View* view,
                                                const contract::PlaceOrder& order) {
  std::vector<contract::ShortLine> lines;
  for (const contract::OrderLine& line : order.lines) {
    if (view != nullptr &&
        view->availability(line.variant_id) == contract::Availability::kSoldOut) {
      lines.push_back({line.variant_id, line.quantity, 0});
    }
  }
  return lines;
}

contract::PlaceOrder make_order(OrderBody body, std::string_view idempotency_key,
                                std::string_view raw_body, const derivation::Derivation& derivation,
                                UtcTime now) {
  contract::PlaceOrder order;
  order.id = derivation.order_id(idempotency_key);
  order.idempotency_key = idempotency_key;
  order.body_sha256 = digest::sha256(raw_body);
  order.lines = std::move(body.lines);
  order.destination = std::move(body.destination);
  order.shipping_method = std::move(body.shipping_method);
  order.coupon = std::move(body.coupon);
  order.total = body.total;
  order.quote = std::move(body.quote);
  order.sealed = std::move(body.sealed);
  order.received_at = now;
  if (planted::fault(planted::kNewIdPerAttempt)) {
    order.id = derivation.order_id(raw_body);
  }
  order.receipt = derivation.receipt(order.id, order.body_sha256, now);
  return order;
}

}  // namespace

void StoreApi::Impl::place_order(Call& call) {
  if (!has_content_type(call.request, "application/json")) {
    return call.reply(wrong_content_type("application/json"));
  }
  const std::string_view key = call.request.header("Idempotency-Key");
  if (const auto refusal = check_idempotency_key(key)) {
    return call.reply(problem_of(*refusal));
  }
  auto parsed = parse_order(call.request.body);
  if (const auto* refusal = std::get_if<BodyRefusal>(&parsed)) {
    return call.reply(problem_of(*refusal));
  }
  const auto view = views.get();
  auto& body = std::get<OrderBody>(parsed);
  if (view != nullptr && body.total.currency() != view->book().rules.currency) {
    return call.reply(problem_of(
        BodyRefusal{422, "mixed_currencies",
                    "total.currency must be " + std::string(view->book().rules.currency.code())}));
  }
  const auto current = keys.load();
  if (current == nullptr) {
    return call.reply(keys_not_loaded());
  }
  auto pending = std::make_shared<Pending>();
  pending->order =
      make_order(std::move(body), key, call.request.body, current->derivation, clock.now());
  pending->access_token = current->derivation.access_token(pending->order.id);
  pending->keys = current;
  switch (in_flight.enter(pending->order.id, options.orders_in_flight_max)) {
    case InFlight::Entry::kAlreadyIn:
      return call.reply(http::problem(409, "idempotency_key_in_flight", "The order is being placed",
                                      "The first request with this key is not answered yet.", 1));
    case InFlight::Entry::kFull:
      return call.reply(overloaded());
    case InFlight::Entry::kEntered:
      break;
  }
  // Whatever path the order takes, its key is free again before the answer goes out.
  pending->reply = [self = shared_from_this(), id = pending->order.id,
                    reply = std::move(call.reply)](Answer answer) {
    if (!planted::fault(planted::kKeyStaysInFlight)) {
      self->in_flight.leave(id);
    }
    reply(std::move(answer));
  };
  auto short_lines = sold_out_lines(view.get(), pending->order);
  if (planted::fault(planted::kSoldOutListDecides) && !short_lines.empty()) {
    return pending->reply(out_of_stock(short_lines));
  }
  short_lines.empty() ? submit(pending) : answer_sold_out(pending, std::move(short_lines));
}

void StoreApi::Impl::submit(const std::shared_ptr<Pending>& pending) {
  if (options.spool != nullptr && (!link.connected() || core_watch.is_silent())) {
    return defer(pending);
  }
  contract::PlaceOrder order =
      options.spool == nullptr ? std::move(pending->order) : pending->order;
  link.place(std::move(order), [self = shared_from_this(),
                                pending](const Result<contract::PlaceOutcome>& outcome) {
    if (outcome) {
      self->core_watch.answered();
      const bool may_be_spooled = self->options.spool != nullptr && is_judgement(*outcome) &&
                                  !planted::fault(planted::kSpooledRefused);
      return may_be_spooled ? self->look_before_refusing(pending)
                            : pending->reply(outcome_response(*outcome, pending->access_token));
    }
    const ErrorCode code = outcome.error().code();
    if (code == ErrorCode::kTimeout) {
      self->core_watch.timed_out();
    }
    const bool is_away = code == ErrorCode::kTimeout || code == ErrorCode::kUnavailable;
    // Core may have the order already: then its delivery is a replay.
    self->options.spool != nullptr&& is_away ? self->defer(pending)
                                             : pending->reply(self->unanswered(outcome.error()));
  });
}

http::Response StoreApi::Impl::overloaded() const {
  const ProblemMapping mapping = problem_mapping(ErrorCode::kOverloaded);
  return http::problem(mapping.http_status, mapping.code, mapping.title, "",
                       contract::retry_after_s(in_flight.count(), core_orders_per_second));
}

http::Response StoreApi::Impl::unanswered(const Error& error) const {
  return error.code() == ErrorCode::kOverloaded ? overloaded() : core_unavailable(error);
}

// The shopper may have been told 202 and ask again before the order was delivered. Core knows
// nothing of that; refused now, the order would be accepted behind his back later.
void StoreApi::Impl::look_before_refusing(const std::shared_ptr<Pending>& pending) {
  if (lookups.fetch_add(1) >= options.lookups_in_flight_max) {
    lookups.fetch_sub(1);
    return pending->reply(problem_of(Error(ErrorCode::kOverloaded, "")));
  }
  options.spool->order_view(pending->order.id, [self = shared_from_this(), pending](
                                                   const Result<contract::OrderView>& spooled) {
    self->lookups.fetch_sub(1);
    if (spooled) {
      return self->defer(pending);  // its bytes are compared there
    }
    if (spooled.error().code() != ErrorCode::kNotFound) {
      return pending->reply(core_unavailable(spooled.error()));
    }
    // It lies in no spool: core knows it by now, if it ever lay in one.
    self->link.place(std::move(pending->order),
                     [self, pending](const Result<contract::PlaceOutcome>& outcome) {
                       pending->reply(outcome ? outcome_response(*outcome, pending->access_token)
                                              : self->unanswered(outcome.error()));
                     });
  });
}

void StoreApi::Impl::defer(const std::shared_ptr<Pending>& pending) {
  const std::uint64_t version = quoted_version(pending->order, pending->keys->derivation);
  contract::SpoolOrder order{.order = std::move(pending->order), .quoted_version = version};
  options.spool->append(std::move(order), [pending](const Result<contract::PlaceOutcome>& outcome) {
    pending->reply(outcome ? outcome_response(*outcome, pending->access_token)
                           : core_unavailable(outcome.error()));
  });
}

void StoreApi::Impl::answer_sold_out(const std::shared_ptr<Pending>& pending,
                                     std::vector<contract::ShortLine> lines) {
  // The order may be the one that sold it out, asked for again: then core answers the replay. Only
  // core knows, so without its answer nothing is refused for good.
  if (lookups.fetch_add(1) >= options.lookups_in_flight_max) {
    lookups.fetch_sub(1);
    return pending->reply(problem_of(Error(ErrorCode::kOverloaded, "")));
  }
  find_order(pending->order.id, pending->access_token,
             [self = shared_from_this(), pending,
              lines = std::move(lines)](const Result<contract::OrderView>& found) {
               self->lookups.fetch_sub(1);
               if (found) {
                 return self->submit(pending);
               }
               pending->reply(found.error().code() == ErrorCode::kNotFound
                                  ? out_of_stock(lines)
                                  : core_unavailable(found.error()));
             });
}

}  // namespace dermaga::store_api
