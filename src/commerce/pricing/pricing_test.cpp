#include "pricing/pricing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dermaga::pricing {
namespace {

const Currency kIdr = *Currency::parse("IDR");
const Currency kUsd = *Currency::parse("USD");

Money idr(std::int64_t amount) {
  return {amount, kIdr};
}
VariantId variant_id(const std::string& name) {
  return *VariantId::parse("var_" + name);
}

Rules shop_rules() {
  return Rules{
      .currency = kIdr,
      .shipping = {{.method = "same_day",
                    .countries = {"ID"},
                    .regions = {"ID-JK", "ID-JB"},
                    .weight_grams_max = 5'000,
                    .price = idr(35'000)},
                   {.method = "standard",
                    .countries = {"ID"},
                    .weight_grams_max = 2'000,
                    .price = idr(15'000),
                    .free_from = idr(500'000)},
                   {.method = "standard", .countries = {"ID"}, .price = idr(60'000)},
                   {.method = "pickup", .price = idr(0)}},
      .taxes = {
          {.country = "ID", .name = "PPN", .basis_points = 1'100, .included_in_prices = true},
          {.country = "SG", .name = "GST", .basis_points = 900, .included_in_prices = false}}};
}

PricedVariant item(const std::string& name, std::int64_t price, std::int64_t weight_grams = 100) {
  return {.id = variant_id(name), .unit_price = idr(price), .weight_grams = weight_grams};
}

QuoteRequest request(std::vector<LineRequest> lines, std::string country = "ID",
                     std::string region = "ID-BA", std::string method = "standard") {
  return {.lines = std::move(lines),
          .destination = Destination{.country = std::move(country), .region = std::move(region)},
          .shipping_method = std::move(method)};
}

struct TotalCase {
  std::string name;
  QuoteRequest request;
  std::int64_t subtotal;
  std::int64_t shipping;
  std::int64_t tax;
  bool tax_included;
  std::int64_t total;
};

std::vector<TotalCase> total_cases() {
  PricedVariant book = item("book", 100'000);
  book.taxable = false;
  PricedVariant voucher = item("voucher", 100'000, 0);
  voucher.requires_shipping = false;
  QuoteRequest undecided = request({{item("a", 100'000), 2}});
  undecided.shipping_method.clear();
  QuoteRequest nowhere = request({{item("a", 100'000), 2}});
  nowhere.destination.reset();
  return {
      // 115,000 × 11/111 = 11,396.4
      {"included tax is a part of goods and shipping", request({{item("a", 100'000), 1}}), 100'000,
       15'000, 11'396, true, 115'000},
      {"two lines, tax rounded once", request({{item("a", 33'333), 1}, {item("b", 33'333), 2}}),
       99'999, 15'000, 11'396, true, 114'999},
      {"half is rounded away from zero", request({{item("a", 50), 1}}, "SG", "", "pickup"), 50, 0,
       5, false, 55},
      {"less than half is rounded down", request({{item("a", 49), 1}}, "SG", "", "pickup"), 49, 0,
       4, false, 53},
      {"tax on top", request({{item("a", 100'000), 3}}, "SG", "", "pickup"), 300'000, 0, 27'000,
       false, 327'000},
      {"a country without a tax rule", request({{item("a", 100'000), 1}}, "JP", "", "pickup"),
       100'000, 0, 0, true, 100'000},
      {"untaxed goods leave their shipping untaxed", request({{book, 1}}), 100'000, 15'000, 0, true,
       115'000},
      {"taxed and untaxed goods", request({{book, 1}, {item("a", 96'000), 1}}), 196'000, 15'000,
       11'000, true, 211'000},
      {"one below free shipping", request({{item("a", 499'999), 1}}), 499'999, 15'000, 51'036, true,
       514'999},
      {"free shipping from the threshold", request({{item("a", 500'000), 1}}), 500'000, 0, 49'550,
       true, 500'000},
      {"weight limit is inclusive", request({{item("a", 1'000, 1'000), 2}}), 2'000, 15'000, 1'685,
       true, 17'000},
      {"above the weight limit the next rule of the method",
       request({{item("a", 1'000, 1'000), 3}}), 3'000, 60'000, 6'243, true, 63'000},
      {"a region rule", request({{item("a", 100'000), 1}}, "ID", "ID-JK", "same_day"), 100'000,
       35'000, 13'378, true, 135'000},
      {"nothing to ship", request({{voucher, 1}}), 100'000, 0, 9'910, true, 100'000},
      {"no method chosen yet", undecided, 200'000, 0, 19'820, true, 200'000},
      {"no destination", nowhere, 200'000, 0, 0, true, 200'000},
  };
}

TEST(Quote, Totals) {
  for (const TotalCase& test : total_cases()) {
    SCOPED_TRACE(test.name);
    const auto answer = quote(shop_rules(), test.request);
    ASSERT_TRUE(std::holds_alternative<Quote>(answer)) << std::get<QuoteRefusal>(answer).code;
    const Quote& got = std::get<Quote>(answer);
    EXPECT_EQ(got.subtotal, idr(test.subtotal));
    EXPECT_EQ(got.discount, idr(0));
    EXPECT_EQ(got.shipping, idr(test.shipping));
    EXPECT_EQ(got.tax, idr(test.tax));
    EXPECT_EQ(got.tax_included, test.tax_included);
    EXPECT_EQ(got.total, idr(test.total));
    EXPECT_EQ(got.lines.size(), test.request.lines.size());
  }
}

TEST(Quote, LinesKeepTheirOrderAndPrices) {
  const auto answer = quote(shop_rules(), request({{item("b", 7), 3}, {item("a", 5), 2}}));
  const Quote& got = std::get<Quote>(answer);
  EXPECT_EQ(got.lines[0].variant_id, variant_id("b"));
  EXPECT_EQ(got.lines[0].unit_price, idr(7));
  EXPECT_EQ(got.lines[0].line_total, idr(21));
  EXPECT_EQ(got.lines[1].quantity, 2);
  EXPECT_EQ(got.tax_name, "PPN");
}

struct RefusalCase {
  std::string name;
  QuoteRequest request;
  std::string code;
};

std::vector<RefusalCase> refusal_cases() {
  std::vector<LineRequest> many;
  for (std::size_t i = 0; i <= kLinesMax; ++i) {
    many.push_back({item("v" + std::to_string(i), 1), 1});
  }
  PricedVariant dollars = item("usd", 100);
  dollars.unit_price = Money(100, kUsd);
  QuoteRequest coupon = request({{item("a", 1), 1}});
  coupon.coupon = "HEMAT10";
  QuoteRequest nowhere = request({{item("a", 1), 1}}, "ID", "", "teleport");
  nowhere.destination.reset();
  return {
      {"no lines", request({}), "invalid_quantity"},
      {"zero", request({{item("a", 1), 0}}), "invalid_quantity"},
      {"negative", request({{item("a", 1), -1}}), "invalid_quantity"},
      {"above the maximum", request({{item("a", 1), kQuantityMax + 1}}), "invalid_quantity"},
      {"too many lines", request(many), "too_many_lines"},
      {"the same variant twice", request({{item("a", 1), 1}, {item("a", 1), 1}}), "duplicate_line"},
      {"another currency", request({{item("a", 1), 1}, {dollars, 1}}), "mixed_currencies"},
      {"a coupon", coupon, "unknown_coupon"},
      {"an unknown method", request({{item("a", 1), 1}}, "ID", "", "teleport"),
       "shipping_method_unknown"},
      {"an unknown method without a destination", nowhere, "shipping_method_unknown"},
      {"another country", request({{item("a", 1), 1}}, "MY", ""), "shipping_unavailable"},
      {"another region", request({{item("a", 1), 1}}, "ID", "ID-BA", "same_day"),
       "shipping_unavailable"},
      {"no region", request({{item("a", 1), 1}}, "ID", "", "same_day"), "shipping_unavailable"},
      {"too heavy", request({{item("a", 1, 5'001), 1}}, "ID", "ID-JK", "same_day"),
       "shipping_unavailable"},
      {"weight beyond 64 bits",
       request({{item("a", 1, INT64_MAX), 1'000}}, "ID", "ID-JK", "same_day"),
       "shipping_unavailable"},
      {"a line that overflows", request({{item("a", Money::kAmountMax), 2}}), "total_too_large"},
      {"a subtotal that overflows",
       request({{item("a", Money::kAmountMax), 1}, {item("b", Money::kAmountMax), 1}}),
       "total_too_large"},
      {"tax that overflows the total",
       request({{item("a", Money::kAmountMax), 1}}, "SG", "", "pickup"), "total_too_large"},
  };
}

TEST(Quote, Refusals) {
  for (const RefusalCase& test : refusal_cases()) {
    SCOPED_TRACE(test.name);
    const auto answer = quote(shop_rules(), test.request);
    ASSERT_TRUE(std::holds_alternative<QuoteRefusal>(answer));
    EXPECT_EQ(std::get<QuoteRefusal>(answer).code, test.code);
    EXPECT_FALSE(std::get<QuoteRefusal>(answer).detail.empty());
  }
}

TEST(Quote, RefusesShippingPricedInAnotherCurrency) {
  Rules rules = shop_rules();
  rules.shipping = {{.method = "standard", .price = Money(10, kUsd)}};
  const auto answer = quote(rules, request({{item("a", 1), 1}}));
  EXPECT_EQ(std::get<QuoteRefusal>(answer).code, "mixed_currencies");
  EXPECT_TRUE(shipping_offers(rules, request({{item("a", 1), 1}})).empty());
}

TEST(Quote, TakesTheLargestBasket) {
  std::vector<LineRequest> lines;
  for (std::size_t i = 0; i < kLinesMax; ++i) {
    lines.push_back({item("v" + std::to_string(i), 1, 1), kQuantityMax});
  }
  const auto answer = quote(shop_rules(), request(lines));
  EXPECT_EQ(std::get<Quote>(answer).subtotal, idr(100'000));
}

TEST(QuoteBasket, LooksPricesUpAndNamesWhatIsUnknown) {
  PriceBook book{.catalog_version = 7, .rules = shop_rules()};
  book.variants.emplace(variant_id("a"), item("a", 100'000));
  Basket basket{.lines = {{variant_id("a"), 1}},
                .destination = Destination{.country = "ID"},
                .shipping_method = "standard"};
  EXPECT_EQ(std::get<Quote>(quote_basket(book, basket)).total, idr(115'000));

  basket.lines.push_back({variant_id("gone"), 0});
  const auto refused = std::get<QuoteRefusal>(quote_basket(book, basket));
  EXPECT_EQ(refused.code, "unknown_variant");
  EXPECT_NE(refused.detail.find("var_gone"), std::string::npos);

  basket.lines.assign(kLinesMax + 1, {variant_id("a"), 1});
  EXPECT_EQ(std::get<QuoteRefusal>(quote_basket(book, basket)).code, "too_many_lines");
}

struct OffersCase {
  std::string name;
  QuoteRequest request;
  std::vector<std::pair<std::string, std::int64_t>> offers;
};

TEST(ShippingOffers, InRuleOrderOncePerMethod) {
  PricedVariant voucher = item("voucher", 1);
  voucher.requires_shipping = false;
  QuoteRequest nowhere = request({{item("a", 1), 1}});
  nowhere.destination.reset();
  const std::vector<OffersCase> cases = {
      {"a region with all",
       request({{item("a", 1), 1}}, "ID", "ID-JK"),
       {{"same_day", 35'000}, {"standard", 15'000}, {"pickup", 0}}},
      {"heavy",
       request({{item("a", 1, 6'000), 1}}, "ID", "ID-JK"),
       {{"standard", 60'000}, {"pickup", 0}}},
      {"free", request({{item("a", 600'000), 1}}), {{"standard", 0}, {"pickup", 0}}},
      {"abroad", request({{item("a", 1), 1}}, "NL", ""), {{"pickup", 0}}},
      {"nothing to ship", request({{voucher, 1}}), {}},
      {"no destination", nowhere, {}},
      {"a basket that cannot be quoted", request({{item("a", 1), 0}}), {}},
      {"an overflow", request({{item("a", Money::kAmountMax), 9}}), {}},
  };
  for (const OffersCase& test : cases) {
    SCOPED_TRACE(test.name);
    std::vector<std::pair<std::string, std::int64_t>> got;
    for (const ShippingOffer& offer : shipping_offers(shop_rules(), test.request)) {
      got.emplace_back(offer.method, offer.price.amount());
    }
    EXPECT_EQ(got, test.offers);
  }
}

}  // namespace
}  // namespace dermaga::pricing
