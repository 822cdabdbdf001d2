#include <optional>
#include <utility>

#include "answers.h"
#include "digest/digest.h"
#include "impl.h"
#include "planted/planted.h"
#include "result/problem.h"

namespace dermaga::store_api {

struct StoreApi::Impl::Pending {
  contract::PlaceOrder order;
  std::string access_token;
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

namespace {

http::Response core_unavailable(const Error& error) {
  if (error.code() == ErrorCode::kOverloaded) {
    return problem_of(error);
  }
  const bool outcome_unknown = error.code() == ErrorCode::kTimeout;
  return http::problem(503, "core_unavailable", "Orders cannot be taken now",
                       outcome_unknown
                           ? "No answer came in time; repeat with the same Idempotency-Key."
                           : "The private zone cannot be reached; repeat with the same "
                             "Idempotency-Key.",
                       5);
}

http::Response refused(const contract::Refused& refusal) {
  return http::problem(refusal.http_status, refusal.code, "The request was refused", refusal.detail,
                       refusal.retry_after_s);
}

http::Response out_of_stock(const std::vector<contract::ShortLine>& lines) {
  return http::problem(409, "out_of_stock", "Not enough in stock",
                       "See lines for what is available.", 0, short_lines_members(lines));
}

http::Response outcome_response(const contract::PlaceOutcome& outcome,
                                const std::string& access_token) {
  if (const auto* placed = std::get_if<contract::Placed>(&outcome)) {
    http::Response response = json_response(201, write_order(placed->order, access_token));
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

// "Authorization: Bearer …" or "Access-Token: …"; empty when there is neither.
std::string_view presented_token(const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view header = request.header("Authorization");
  if (header.size() > kScheme.size()) {
    for (std::size_t i = 0; i < kScheme.size(); ++i) {
      const char c =
          header[i] >= 'A' && header[i] <= 'Z' ? static_cast<char>(header[i] | 0x20) : header[i];
      if (c != kScheme[i]) {
        return {};
      }
    }
    return header.substr(kScheme.size());
  }
  return request.header("Access-Token");
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
  switch (in_flight.enter(pending->order.id, options.orders_in_flight_max)) {
    case InFlight::Entry::kAlreadyIn:
      return call.reply(http::problem(409, "idempotency_key_in_flight", "The order is being placed",
                                      "The first request with this key is not answered yet.", 1));
    case InFlight::Entry::kFull:
      return call.reply(problem_of(Error(ErrorCode::kOverloaded, "")));
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
  contract::PlaceOrder order = std::move(pending->order);
  link.place(std::move(order), [pending](Result<contract::PlaceOutcome> outcome) {
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
  link.order_view(pending->order.id, pending->access_token,
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

void StoreApi::Impl::order_status(Call& call) {
  const auto id = OrderId::parse(call.rest);
  if (!id) {
    return call.reply(http::problem(404, "not_found", "No such order", ""));
  }
  const auto current = keys.load();
  if (current == nullptr) {
    return call.reply(keys_not_loaded());
  }
  const std::string_view token = presented_token(call.request);
  if (token.empty()) {
    http::Response response =
        http::problem(401, "unauthenticated", "The order's access token is missing",
                      "Send it as Authorization: Bearer <access_token>.");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return call.reply(std::move(response));
  }
  // Judged here, so that guessing never reaches core; whether the order exists is not told.
  if (!current->derivation.access_token_matches(*id, token)) {
    return call.reply(http::problem(403, "forbidden", "Not this order's access token", ""));
  }
  link.order_view(*id, std::string(token),
                  [reply = std::move(call.reply)](const Result<contract::OrderView>& found) {
                    if (found) {
                      return reply(json_response(200, write_order(*found, "")));
                    }
                    const bool is_refusal = problem_mapping(found.error().code()).http_status < 500;
                    reply(is_refusal ? problem_of(found.error()) : core_unavailable(found.error()));
                  });
}

void StoreApi::Impl::sealed_call(Call& call) {
  if (!has_content_type(call.request, "application/jose")) {
    return call.reply(wrong_content_type("application/jose"));
  }
  if (call.request.body.size() > kSealedCallBytesMax) {
    return call.reply(http::problem(413, "body_too_large", "The body is too large",
                                    "A sealed call has at most 32 KiB."));
  }
  if (!looks_like_compact_jwe(call.request.body)) {
    return call.reply(
        problem_of(BodyRefusal{422, "box_malformed", "The body must be a compact JWE."}));
  }
  link.sealed_call(std::string(call.request.body), clock.now(),
                   [reply = std::move(call.reply)](Result<contract::SealedAnswer> answer) {
                     if (!answer) {
                       return reply(core_unavailable(answer.error()));
                     }
                     if (answer->http_status != 200) {
                       return reply(refused(answer->problem));
                     }
                     http::Response response = json_response(200, std::move(answer->sealed));
                     response.headers.front().second = "application/jose";
                     reply(std::move(response));
                   });
}

}  // namespace dermaga::store_api
