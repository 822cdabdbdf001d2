#include "prepare.h"

#include <chrono>
#include <utility>

#include "digest/digest.h"
#include "order_box/address_json.h"
#include "planted/planted.h"
#include "price_check.h"
#include "sealed_calls/sealed_calls.h"

namespace dermaga::orders {
namespace {

using contract::PlaceOrder;
using contract::Refused;

constexpr std::size_t kIdempotencyKeyBytesMax = 255;

std::optional<Refused> check_shape(const PlaceOrder& order) {
  const auto bad = [](std::string detail) {
    return Refused{.http_status = 400, .code = "invalid_request", .detail = std::move(detail)};
  };
  if (order.idempotency_key.empty() || order.idempotency_key.size() > kIdempotencyKeyBytesMax) {
    return bad("the idempotency key must have 1 to 255 characters");
  }
  if (order.body_sha256.size() != digest::kSha256Bytes) {
    return bad("the body hash must have 32 bytes");
  }
  if (order.lines.empty() || order.lines.size() > pricing::kLinesMax) {
    return bad("an order has 1 to 100 lines");
  }
  for (const contract::OrderLine& line : order.lines) {
    if (line.quantity < 1 || line.quantity > pricing::kQuantityMax) {
      return bad("a quantity must be from 1 to 1000");
    }
  }
  return std::nullopt;
}

bool is_of_another_provider(const order_box::PaymentMethod& method,
                            const payments::PaymentProvider& provider) {
  const auto* token = std::get_if<order_box::ProviderToken>(&method);
  return token != nullptr && token->provider != provider.name();
}

Refused refusal_of_payment(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kInvalidArgument:
      return {.http_status = 422,
              .code = "card_refused",
              .detail = "the provider cannot take this card"};
    case ErrorCode::kRateLimited:
      return {.http_status = 429,
              .code = "rate_limited",
              .detail = "this card was tried too often; wait a quarter of an hour",
              .retry_after_s = 900};
    default:
      return {.http_status = 503,
              .code = "payment_unavailable",
              .detail = "the payment provider cannot be reached",
              .retry_after_s = 5};
  }
}

}  // namespace

std::optional<Refused> Preparer::check_edge(const PlaceOrder& order) const {
  if (ports_.derivation.order_id(order.idempotency_key) != order.id) {
    return Refused{.http_status = 400,
                   .code = "order_id_mismatch",
                   .detail = "the order id does not belong to the idempotency key"};
  }
  if (!ports_.derivation.receipt_matches(order.id, order.body_sha256, order.received_at,
                                         order.receipt)) {
    return Refused{.http_status = 400,
                   .code = "receipt_invalid",
                   .detail = "the receipt does not belong to this request"};
  }
  return std::nullopt;
}

CustomerId Preparer::new_customer_id(Random& random) const {
  // Time first, so that new rows stand together in the index.
  std::string bytes;
  const std::int64_t now_ms = to_unix_ms(ports_.clock.now());
  for (int shift = 40; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((now_ms >> shift) & 0xff));
  }
  bytes += random.bytes(9);
  return CustomerId::from_bytes(bytes);
}

vault::FieldKey Preparer::seal_contact(const order_box::OpenedOrder& opened, Random& random,
                                       Prepared& prepared) const {
  prepared.customer_id = new_customer_id(random);
  vault::NewCustomerKey key = ports_.vault.new_customer_key(prepared.customer_id, random);
  prepared.wrapped_key = std::move(key.wrapped);
  prepared.kek_version = key.kek_version;
  prepared.kek_in_use = std::move(key.kek_in_use);
  const auto seal_customer = [&](std::string_view column, const vault::SecretText& text) {
    return key.key.seal_field({"customers", column, prepared.customer_id.str()}, text, random);
  };
  prepared.name_sealed = seal_customer("name_sealed", opened.customer.name);
  prepared.email_sealed = seal_customer("email_sealed", opened.customer.email);
  prepared.phone_sealed = seal_customer("phone_sealed", opened.customer.phone);
  prepared.reply_thumbprint = opened.reply_key.thumbprint();
  prepared.locale = opened.locale;
  return std::move(key.key);
}

Result<std::optional<vault::PaymentToken>> Preparer::tokenize(order_box::PaymentMethod method,
                                                              SavedCards::Use use) const {
  if (auto* token = std::get_if<order_box::ProviderToken>(&method)) {
    return std::move(token->token);
  }
  if (auto* saved = std::get_if<order_box::SavedCard>(&method)) {
    if (use.account.empty() || ports_.cards == nullptr) {
      return std::nullopt;
    }
    use.card = std::move(saved->id);
    use.security_code = std::move(saved->security_code);
    return ports_.cards->tokenize(std::move(use), ports_.payments);
  }
  auto& card = std::get<order_box::Card>(method);
  ASSIGN_OR_RETURN(auto token,
                   ports_.payments.tokenize({.number = std::move(card.number),
                                             .expiry_month = card.expiry_month,
                                             .expiry_year = card.expiry_year,
                                             .security_code = std::move(card.security_code)}));
  return token;
}

std::optional<Refused> Preparer::seal(const PlaceOrder& order, order_box::OpenedOrder& opened,
                                      FirstAnswer first_answer, Random& random,
                                      Prepared& prepared) const {
  if (is_of_another_provider(opened.payment, ports_.payments)) {
    return Refused{.http_status = 422,
                   .code = "payment_provider_unknown",
                   .detail = "the shop does not take payments through this provider"};
  }
  auto token =
      tokenize(std::move(opened.payment), {.account = prepared.account,
                                           .received_at = order.received_at,
                                           .is_delivered = first_answer != FirstAnswer::kByCore});
  if (!token.has_value()) {
    return refusal_of_payment(token.error());
  }
  if (!token->has_value()) {
    return Refused{.http_status = 422,
                   .code = "saved_card_unknown",
                   .detail = "this account has no such card that can be used"};
  }
  prepared.token = **std::move(token);
  const vault::FieldKey key = seal_contact(opened, random, prepared);
  const auto seal_order = [&](std::string_view column, const vault::SecretText& text) {
    return key.seal_field({"orders", column, order.id.str()}, text, random);
  };
  prepared.address_sealed =
      seal_order("address_sealed", order_box::address_json(opened.shipping_address));
  prepared.payment_sealed = seal_order("payment_sealed", prepared.token);
  return std::nullopt;
}

// What is wrong with the order as the edge handed it on.
std::optional<Refused> Preparer::check_before_opening(const PlaceOrder& order,
                                                      Prepared& prepared) const {
  if (auto refusal = check_shape(order); refusal || (refusal = check_edge(order))) {
    prepared.refused_outright = true;
    return refusal;
  }
  // The receipt is genuine: whatever the clocks say, a known key is answered from its row.
  if (order.received_at > ports_.clock.now() + sealed_calls::kClockSkewMax) {
    return Refused{.http_status = 400,
                   .code = "receipt_invalid",
                   .detail = "the order was received later than it is now"};
  }
  if (order.received_at < ports_.clock.now() - kReceiptAgeMax) {
    return Refused{.http_status = 422,
                   .code = "order_expired",
                   .detail = "the order was received more than 72 hours ago"};
  }
  return std::nullopt;
}

std::optional<contract::PlaceOutcome> Preparer::check_terms(const PlaceOrder& order,
                                                            Prepared& prepared) const {
  auto price = check_price(order, ports_.derivation, ports_.prices);
  if (auto* refusal = std::get_if<Refused>(&price)) {
    return std::move(*refusal);
  }
  if (auto* changed = std::get_if<contract::PriceChanged>(&price)) {
    return std::move(*changed);
  }
  prepared.quote = std::move(std::get<AcceptedPrice>(price).quote);
  prepared.catalog_version = std::get<AcceptedPrice>(price).catalog_version;
  prepared.currency = prepared.quote.total.currency().code();
  return std::nullopt;
}

// An order that a spool answered is not lost for a session that has ended since: it is a guest's.
std::optional<Refused> Preparer::find_account(const order_box::OpenedOrder& opened,
                                              FirstAnswer first_answer, Prepared& prepared) const {
  if (opened.session.empty()) {
    return std::nullopt;
  }
  auto account =
      ports_.accounts == nullptr
          ? Result<CustomerId>(make_error(ErrorCode::kUnauthenticated, "this shop has no accounts"))
          : ports_.accounts->account_of(opened.session, opened.reply_key.thumbprint());
  if (account.has_value()) {
    prepared.account = *std::move(account);
    return std::nullopt;
  }
  if (account.error().code() != ErrorCode::kUnauthenticated) {
    return sealed_calls::refusal_of(account.error());
  }
  if (first_answer != FirstAnswer::kByCore) {
    return std::nullopt;
  }
  return Refused{.http_status = 401,
                 .code = "session_ended",
                 .detail = "the session is over; sign in again, or order as a guest"};
}

Prepared Preparer::prepare(const PlaceOrder& order, FirstAnswer first_answer, Random& random,
                           PrepareTimes& times) const {
  Prepared prepared;
  auto mark = std::chrono::steady_clock::now();
  const auto lap = [&mark](std::uint64_t& total) {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::nanoseconds took = now - std::exchange(mark, now);
    total += static_cast<std::uint64_t>(took.count());
  };
  prepared.refusal = check_before_opening(order, prepared);
  lap(times.validate_ns);
  if (prepared.refusal.has_value()) {
    return prepared;
  }
  auto opened = ports_.boxes.open_order(order);
  lap(times.open_ns);
  if (auto* refusal = std::get_if<order_box::BoxRefusal>(&opened)) {
    if (planted::fault(planted::kBoxNotOpened)) {
      prepared.refusal = check_terms(order, prepared);
      return prepared;
    }
    prepared.refusal =
        Refused{.http_status = 422, .code = refusal->code, .detail = refusal->detail};
    return prepared;
  }
  auto& box = std::get<order_box::OpenedOrder>(opened);
  // Whose it is, a delivered order remembers even where it is declined.
  const auto account_refusal = find_account(box, first_answer, prepared);
  prepared.refusal = check_terms(order, prepared);
  if (!prepared.refusal.has_value()) {
    prepared.refusal = account_refusal;
  }
  lap(times.validate_ns);
  if (!prepared.refusal.has_value()) {
    prepared.refusal = seal(order, box, first_answer, random, prepared);
  }
  if (prepared.refusal.has_value() && first_answer != FirstAnswer::kByCore) {
    seal_contact(box, random, prepared);
  }
  lap(times.seal_ns);
  return prepared;
}

}  // namespace dermaga::orders
