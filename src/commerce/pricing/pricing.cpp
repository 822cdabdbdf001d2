#include "pricing/pricing.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace dermaga::pricing {

namespace {

// Above any rule's limit and far below overflow when compared.
constexpr std::int64_t kWeightGramsCap = 1'000'000'000'000;

QuoteRefusal refusal(std::string code, std::string detail) {
  return QuoteRefusal{.code = std::move(code), .detail = std::move(detail)};
}

QuoteRefusal too_large() {
  return refusal("total_too_large", "the basket's total is too large to be charged");
}

std::optional<QuoteRefusal> check_lines(const Rules& rules, const std::vector<LineRequest>& lines) {
  if (lines.size() > kLinesMax) {
    return refusal("too_many_lines",
                   "a basket has at most " + std::to_string(kLinesMax) + " lines");
  }
  if (lines.empty()) {
    return refusal("invalid_quantity", "a basket needs at least one line");
  }
  std::unordered_set<VariantId> seen;
  for (const LineRequest& line : lines) {
    if (line.quantity < 1 || line.quantity > kQuantityMax) {
      return refusal("invalid_quantity", "the quantity of " + line.variant.id.str() +
                                             " must be from 1 to " + std::to_string(kQuantityMax));
    }
    if (!seen.insert(line.variant.id).second) {
      return refusal("duplicate_line", line.variant.id.str() + " is in the basket twice");
    }
    if (line.variant.unit_price.currency() != rules.currency) {
      return refusal("mixed_currencies", line.variant.id.str() + " is not priced in " +
                                             std::string(rules.currency.code()));
    }
  }
  return std::nullopt;
}

bool needs_shipping(const std::vector<LineRequest>& lines) {
  return std::ranges::any_of(
      lines, [](const LineRequest& line) { return line.variant.requires_shipping; });
}

std::int64_t shipped_weight_grams(const std::vector<LineRequest>& lines) {
  __int128 grams = 0;
  for (const LineRequest& line : lines) {
    if (line.variant.requires_shipping) {
      grams += static_cast<__int128>(line.variant.weight_grams) * line.quantity;
    }
  }
  return static_cast<std::int64_t>(std::min<__int128>(grams, kWeightGramsCap));
}

bool lists(const std::vector<std::string>& allowed, const std::string& value) {
  return allowed.empty() || std::ranges::find(allowed, value) != allowed.end();
}

bool carries(const ShippingRule& rule, const Destination& destination, std::int64_t weight_grams) {
  return lists(rule.countries, destination.country) && lists(rule.regions, destination.region) &&
         (rule.weight_grams_max == 0 || weight_grams <= rule.weight_grams_max);
}

Money price_of(const ShippingRule& rule, const Money& goods) {
  const bool free = rule.free_from.has_value() && rule.free_from->currency() == goods.currency() &&
                    goods.amount() >= rule.free_from->amount();
  return free ? Money(0, rule.price.currency()) : rule.price;
}

std::variant<Money, QuoteRefusal> shipping_price(const Rules& rules, const QuoteRequest& request,
                                                 const Money& goods) {
  const Money none(0, rules.currency);
  if (request.shipping_method.empty()) {
    return none;
  }
  const auto named = [&request](const ShippingRule& rule) {
    return rule.method == request.shipping_method;
  };
  if (std::ranges::none_of(rules.shipping, named)) {
    return refusal("shipping_method_unknown", "there is no such shipping method");
  }
  if (!request.destination.has_value() || !needs_shipping(request.lines)) {
    return none;
  }
  const std::int64_t weight_grams = shipped_weight_grams(request.lines);
  for (const ShippingRule& rule : rules.shipping) {
    if (named(rule) && carries(rule, *request.destination, weight_grams)) {
      if (rule.price.currency() != rules.currency) {
        return refusal("mixed_currencies",
                       "shipping is not priced in " + std::string(rules.currency.code()));
      }
      return price_of(rule, goods);
    }
  }
  return refusal("shipping_unavailable",
                 "this shipping method does not carry this basket to this destination");
}

Result<Money> sum_of(const std::vector<QuotedLine>& lines, const Currency& currency) {
  Money sum(0, currency);
  for (const QuotedLine& line : lines) {
    ASSIGN_OR_RETURN(sum, sum.plus(line.line_total));
  }
  return sum;
}

Result<Money> taxable_amount(const Quote& quote, const std::vector<LineRequest>& lines) {
  Money taxable(0, quote.subtotal.currency());
  bool any = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].variant.taxable) {
      any = true;
      ASSIGN_OR_RETURN(taxable, taxable.plus(quote.lines[i].line_total));
    }
  }
  return any ? taxable.plus(quote.shipping) : Result<Money>(taxable);
}

Status add_tax(const Rules& rules, const QuoteRequest& request, Quote& quote) {
  quote.tax = Money(0, rules.currency);
  if (!request.destination.has_value()) {
    return {};
  }
  const auto rule = std::ranges::find(rules.taxes, request.destination->country, &TaxRule::country);
  if (rule == rules.taxes.end()) {
    return {};
  }
  quote.tax_included = rule->included_in_prices;
  quote.tax_name = rule->name;
  ASSIGN_OR_RETURN(const Money base, taxable_amount(quote, request.lines));
  const std::int64_t denominator = rule->included_in_prices ? 10'000 + rule->basis_points : 10'000;
  ASSIGN_OR_RETURN(quote.tax, scaled(base, rule->basis_points, denominator));
  return {};
}

// Lines and subtotal; the discount stays zero until there are promotions.
Status add_goods(const Rules& rules, const QuoteRequest& request, Quote& quote) {
  for (const LineRequest& line : request.lines) {
    ASSIGN_OR_RETURN(const Money line_total, line.variant.unit_price.times(line.quantity));
    quote.lines.push_back(QuotedLine{.variant_id = line.variant.id,
                                     .quantity = line.quantity,
                                     .unit_price = line.variant.unit_price,
                                     .line_total = line_total});
  }
  ASSIGN_OR_RETURN(quote.subtotal, sum_of(quote.lines, rules.currency));
  quote.discount = Money(0, rules.currency);
  return {};
}

Status add_total(Quote& quote) {
  ASSIGN_OR_RETURN(const Money goods, quote.subtotal.minus(quote.discount));
  ASSIGN_OR_RETURN(quote.total, goods.plus(quote.shipping));
  if (!quote.tax_included) {
    ASSIGN_OR_RETURN(quote.total, quote.total.plus(quote.tax));
  }
  return {};
}

}  // namespace

std::variant<Quote, QuoteRefusal> quote(const Rules& rules, const QuoteRequest& request) {
  if (auto refused = check_lines(rules, request.lines); refused.has_value()) {
    return *std::move(refused);
  }
  if (!request.coupon.empty()) {
    return refusal("unknown_coupon", "this coupon is not known");
  }
  Quote quote;
  if (!add_goods(rules, request, quote).has_value()) {
    return too_large();
  }
  const auto goods = quote.subtotal.minus(quote.discount);
  if (!goods.has_value()) {
    return too_large();
  }
  auto shipping = shipping_price(rules, request, *goods);
  if (auto* refused = std::get_if<QuoteRefusal>(&shipping); refused != nullptr) {
    return std::move(*refused);
  }
  quote.shipping = std::get<Money>(shipping);
  if (!add_tax(rules, request, quote).has_value() || !add_total(quote).has_value()) {
    return too_large();
  }
  return quote;
}

namespace {

std::variant<QuoteRequest, QuoteRefusal> priced(const PriceBook& book, const Basket& basket) {
  QuoteRequest request{.lines = {},
                       .destination = basket.destination,
                       .shipping_method = basket.shipping_method,
                       .coupon = basket.coupon};
  if (basket.lines.size() > kLinesMax) {
    return refusal("too_many_lines",
                   "a basket has at most " + std::to_string(kLinesMax) + " lines");
  }
  for (const Basket::Line& line : basket.lines) {
    const auto variant = book.variants.find(line.variant_id);
    if (variant == book.variants.end()) {
      return refusal("unknown_variant", line.variant_id.str() + " is not for sale here");
    }
    request.lines.push_back(LineRequest{.variant = variant->second, .quantity = line.quantity});
  }
  return request;
}

}  // namespace

std::variant<Quote, QuoteRefusal> quote_basket(const PriceBook& book, const Basket& basket) {
  auto request = priced(book, basket);
  if (auto* refused = std::get_if<QuoteRefusal>(&request); refused != nullptr) {
    return std::move(*refused);
  }
  return quote(book.rules, std::get<QuoteRequest>(request));
}

std::vector<ShippingOffer> shipping_offers(const Rules& rules, const QuoteRequest& request) {
  std::vector<ShippingOffer> offers;
  if (!request.destination.has_value() || check_lines(rules, request.lines).has_value() ||
      !needs_shipping(request.lines)) {
    return offers;
  }
  Quote goods;
  if (!add_goods(rules, request, goods).has_value()) {
    return offers;
  }
  const std::int64_t weight_grams = shipped_weight_grams(request.lines);
  for (const ShippingRule& rule : rules.shipping) {
    const bool offered =
        std::ranges::find(offers, rule.method, &ShippingOffer::method) != offers.end();
    if (!offered && rule.price.currency() == rules.currency &&
        carries(rule, *request.destination, weight_grams)) {
      offers.push_back(
          ShippingOffer{.method = rule.method, .price = price_of(rule, goods.subtotal)});
    }
  }
  return offers;
}

}  // namespace dermaga::pricing
