#include "derivation/derivation.h"

#include <gtest/gtest.h>

#include <set>

namespace dermaga::derivation {
namespace {

const std::string kKey(32, 'k');

Derivation derivation(const std::string& key = kKey) {
  return Derivation::create(key).value();
}

Money rupiah(std::int64_t amount) {
  return Money(amount, Currency::parse("IDR").value());
}

Derivation::QuoteClaims claims() {
  Derivation::QuoteClaims claims;
  claims.quote.lines = {
      {VariantId::parse("var_a").value(), 2, rupiah(185'000), rupiah(370'000)},
      {VariantId::parse("var_b").value(), 1, rupiah(99'000), rupiah(99'000)},
  };
  claims.quote.subtotal = rupiah(469'000);
  claims.quote.discount = rupiah(0);
  claims.quote.shipping = rupiah(18'000);
  claims.quote.tax = rupiah(48'261);
  claims.quote.tax_name = "PPN";
  claims.quote.total = rupiah(487'000);
  claims.destination = pricing::Destination{"ID", "ID-JK", "10110"};
  claims.shipping_method = "regular";
  claims.catalog_version = 7;
  claims.expires_at = from_unix_ms(1'795'000'000'123);
  return claims;
}

TEST(Derivation, OrdersOfOneTimeStandTogether) {
  const std::string key = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  const std::string other = "017f22e2-79b0-7cc3-98c4-dc0c0c073990";
  const std::string id = derivation().order_id(key).str();
  EXPECT_EQ(id.size(), 4u + 24u);
  EXPECT_EQ(id, derivation().order_id(key).str());
  EXPECT_NE(id, derivation(std::string(32, 'x')).order_id(key).str());
  // 48 bits of time are nine characters of five bits, and three bits of the next.
  EXPECT_EQ(id.substr(0, 13), derivation().order_id(other).str().substr(0, 13));
  EXPECT_NE(id.substr(14), derivation().order_id(other).str().substr(14));
  EXPECT_EQ(id.substr(0, 13), "ord_af7sfytzw");
  EXPECT_NE(id.substr(0, 8),
            derivation().order_id("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").str().substr(0, 8));
}

TEST(Derivation, RefusesKeysOfAnotherSize) {
  for (const std::size_t size : {0u, 31u, 33u, 64u}) {
    const auto made = Derivation::create(std::string(size, 'k'));
    ASSERT_FALSE(made.has_value()) << size;
    EXPECT_EQ(made.error().code(), ErrorCode::kCorrupt);
  }
}

TEST(Derivation, OrderIdsAreStableAndDependOnKeyAndInput) {
  const OrderId id = derivation().order_id("checkout-1");
  EXPECT_EQ(id, derivation().order_id("checkout-1"));
  EXPECT_NE(id, derivation().order_id("checkout-2"));
  EXPECT_NE(id, derivation(std::string(32, 'x')).order_id("checkout-1"));
  EXPECT_TRUE(OrderId::parse(id.str()).has_value());
}

TEST(Derivation, AccessTokensMatchOnlyTheirOrder) {
  const Derivation d = derivation();
  const OrderId id = d.order_id("a");
  const std::string token = d.access_token(id);
  EXPECT_TRUE(token.starts_with("oat_"));
  EXPECT_EQ(token.size(), 4u + 32u);
  EXPECT_TRUE(d.access_token_matches(id, token));
  EXPECT_FALSE(d.access_token_matches(d.order_id("b"), token));
  EXPECT_FALSE(d.access_token_matches(id, ""));
  EXPECT_FALSE(d.access_token_matches(id, token + "A"));
  EXPECT_FALSE(d.access_token_matches(id, token.substr(0, token.size() - 1)));
}

TEST(Derivation, ReceiptsBindOrderBodyAndTime) {
  const Derivation d = derivation();
  const OrderId id = d.order_id("a");
  const std::string body(32, '\x01');
  const UtcTime at = from_unix_ms(1'795'000'000'000);
  const std::string receipt = d.receipt(id, body, at);
  EXPECT_TRUE(d.receipt_matches(id, body, at, receipt));
  EXPECT_FALSE(d.receipt_matches(d.order_id("b"), body, at, receipt));
  EXPECT_FALSE(d.receipt_matches(id, std::string(32, '\x02'), at, receipt));
  EXPECT_FALSE(d.receipt_matches(id, body, at + std::chrono::milliseconds(1), receipt));
  EXPECT_FALSE(derivation(std::string(32, 'x')).receipt_matches(id, body, at, receipt));
}

TEST(Derivation, QuoteTokensComeBackWhole) {
  const Derivation d = derivation();
  const auto written = claims();
  const auto read = d.open_quote(d.quote_token(written));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  ASSERT_EQ(read->quote.lines.size(), 2u);
  EXPECT_EQ(read->quote.lines[0].variant_id, written.quote.lines[0].variant_id);
  EXPECT_EQ(read->quote.lines[0].quantity, 2);
  EXPECT_EQ(read->quote.lines[0].unit_price, rupiah(185'000));
  EXPECT_EQ(read->quote.lines[1].line_total, rupiah(99'000));
  EXPECT_EQ(read->quote.total, rupiah(487'000));
  EXPECT_EQ(read->quote.tax, rupiah(48'261));
  EXPECT_EQ(read->quote.tax_name, "PPN");
  EXPECT_TRUE(read->quote.tax_included);
  EXPECT_EQ(read->destination.value_or(pricing::Destination{}).postal_code, "10110");
  EXPECT_EQ(read->shipping_method, "regular");
  EXPECT_EQ(read->catalog_version, 7u);
  EXPECT_EQ(read->expires_at, written.expires_at);
}

TEST(Derivation, QuoteWithoutDestination) {
  auto written = claims();
  written.destination.reset();
  const auto read = derivation().open_quote(derivation().quote_token(written));
  ASSERT_TRUE(read.has_value());
  EXPECT_FALSE(read->destination.has_value());
}

TEST(Derivation, EveryChangedCharacterOfAQuoteIsRefused) {
  const Derivation d = derivation();
  const std::string token = d.quote_token(claims());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(d.open_quote(changed).has_value()) << "at " << i;
  }
}

TEST(Derivation, ForeignQuotesAreRefused) {
  const Derivation d = derivation();
  const std::string token = d.quote_token(claims());
  const std::string cases[] = {
      "",
      "q1.",
      "q1..",
      "q1.e30",
      "q2" + token.substr(2),
      token + "A",
      token.substr(0, token.rfind('.')),
      derivation(std::string(32, 'x')).quote_token(claims()),
      std::string(100'000, 'A'),
  };
  for (const std::string& text : cases) {
    const auto opened = d.open_quote(text);
    ASSERT_FALSE(opened.has_value()) << text;
    EXPECT_EQ(opened.error().code(), ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace dermaga::derivation
