#include <utility>

#include "answers.h"
#include "impl.h"

namespace dermaga::store_api {
namespace {

// What the basket asks for, with prices; every variant is known to be in the book.
std::vector<pricing::ShippingOffer> offers_for(const pricing::PriceBook& book,
                                               const pricing::Basket& basket) {
  pricing::QuoteRequest request;
  request.destination = basket.destination;
  for (const pricing::Basket::Line& line : basket.lines) {
    request.lines.push_back({book.variants.at(line.variant_id), line.quantity});
  }
  return pricing::shipping_offers(book.rules, request);
}

}  // namespace

void StoreApi::Impl::quote(Call& call) {
  if (!has_content_type(call.request, "application/json")) {
    return call.reply(wrong_content_type("application/json"));
  }
  const auto view = views.get();
  if (view == nullptr) {
    return call.reply(catalog_not_loaded());
  }
  const auto current = keys.load();
  if (current == nullptr) {
    return call.reply(keys_not_loaded());
  }
  const auto locale = locale_of(*view, call.request);
  if (!locale) {
    return call.reply(problem_of(locale.error()));
  }
  auto parsed = parse_quote(call.request.body);
  if (const auto* refusal = std::get_if<BodyRefusal>(&parsed)) {
    return call.reply(problem_of(*refusal));
  }
  const auto& basket = std::get<pricing::Basket>(parsed);
  auto quoted = pricing::quote_basket(view->book(), basket);
  if (const auto* refusal = std::get_if<pricing::QuoteRefusal>(&quoted)) {
    return call.reply(problem_of(BodyRefusal{422, refusal->code, refusal->detail}));
  }
  QuoteAnswer answer;
  answer.quote = std::move(std::get<pricing::Quote>(quoted));
  answer.expires_at = clock.now() + std::chrono::minutes(view->snapshot().quote_minutes);
  if (basket.destination) {
    answer.offers = offers_for(view->book(), basket);
  }
  answer.id = current->derivation.quote_token({.quote = answer.quote,
                                               .destination = basket.destination,
                                               .shipping_method = basket.shipping_method,
                                               .coupon = basket.coupon,
                                               .catalog_version = view->version(),
                                               .expires_at = answer.expires_at});
  call.reply(json_response(200, write_quote(*view, answer, *locale)));
}

}  // namespace dermaga::store_api
