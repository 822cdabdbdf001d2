#include <gtest/gtest.h>

#include "files/files.h"
#include "json/reader.h"
#include "sealing/sealing.h"

namespace dermaga::sealing {
namespace {

Result<ClearPart> read_clear(const json::Value& value) {
  ClearPart clear;
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(const auto lines_value, reader.required("lines"));
  ASSIGN_OR_RETURN(const auto lines, lines_value.as_array(10));
  for (const json::Value& line : lines) {
    ASSIGN_OR_RETURN(auto line_reader, json::ObjectReader::of(line));
    ASSIGN_OR_RETURN(std::string id, line_reader.string("variant_id", 50));
    ASSIGN_OR_RETURN(const auto quantity, line_reader.integer("quantity", 1, 1000));
    clear.lines.push_back({std::move(id), quantity});
  }
  ASSIGN_OR_RETURN(const auto destination, reader.required("destination"));
  ASSIGN_OR_RETURN(auto place, json::ObjectReader::of(destination));
  ASSIGN_OR_RETURN(clear.destination.country, place.string("country", 2));
  ASSIGN_OR_RETURN(auto region, place.optional_string("region", 16));
  ASSIGN_OR_RETURN(auto postal_code, place.optional_string("postal_code", 16));
  clear.destination.region = std::move(region).value_or("");
  clear.destination.postal_code = std::move(postal_code).value_or("");
  ASSIGN_OR_RETURN(clear.shipping_method, reader.string("shipping_method", 64));
  ASSIGN_OR_RETURN(const auto total, reader.required("total"));
  ASSIGN_OR_RETURN(auto money, json::ObjectReader::of(total));
  ASSIGN_OR_RETURN(const std::string code, money.string("currency", 3));
  ASSIGN_OR_RETURN(const auto currency, Currency::parse(code));
  ASSIGN_OR_RETURN(const auto amount, money.integer("amount", 0, Money::kAmountMax));
  clear.total = Money(amount, currency);
  return clear;
}

// The browser's side reads the same file: web/storefront/test/canonical.test.ts.
TEST(ClearHash, AgreesWithTheBrowserOnTheSharedVectors) {
  const auto text = files::read_file("tests/interop/clear_hash.json", 64 * 1024);
  ASSERT_TRUE(text.has_value()) << text.error().message();
  const auto document = json::Document::parse(*text);
  ASSERT_TRUE(document.has_value()) << document.error().message();
  const auto vectors = document->root().as_array(100);
  ASSERT_TRUE(vectors.has_value());
  EXPECT_GE(vectors->size(), 4U);
  for (const json::Value& vector : *vectors) {
    auto reader = json::ObjectReader::of(vector).value();
    const auto clear = read_clear(reader.required("clear").value());
    ASSERT_TRUE(clear.has_value()) << clear.error().message();
    EXPECT_EQ(clear_hash(*clear), reader.string("hash", 43).value())
        << reader.string("name", 100).value();
  }
}

}  // namespace
}  // namespace dermaga::sealing
