#include "product_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/import_report.h"

namespace dermaga::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Parsed {
  std::vector<ParsedProduct> products;
  ImportReport report;
};

Parsed parse(const std::string& text, std::string_view currency = "IDR") {
  Parsed parsed{.products = {}, .report = {.file = "f.csv"}};
  ReportBuilder builder(parsed.report);
  CsvReader reader(text);
  CsvRecord record;
  EXPECT_TRUE(reader.next(record));
  auto header = ProductHeader::read(record);
  EXPECT_TRUE(header.has_value()) << header.error().message();
  ProductFile file(
      *std::move(header), *Currency::parse(currency),
      [](const std::string& path) -> Result<std::string> {
        if (path.starts_with("missing")) {
          return make_error(ErrorCode::kInvalidArgument, "the picture cannot be found");
        }
        return "hash-of-" + path;
      },
      builder);
  while (reader.next(record)) {
    file.add(record);
  }
  parsed.products = file.finish();
  builder.finish();
  return parsed;
}

constexpr const char* kHeading =
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 "
    "Name,Option2 "
    "Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At "
    "Price,Variant "
    "Requires Shipping,Variant Taxable,Image Src,Image Position,Image Alt Text,Variant Image,Gift "
    "Card,Status\n";

TEST(ProductFile, ReadsAProductOfManyRows) {
  const auto [products, report] =
      parse(std::string(kHeading) +
            "kemeja,Kemeja,<p>Halus<script>x</script></p>,Wulan,Batik,\"cap, Parang , "
            "CAP\",TRUE,Ukuran,S,Warna,Biru,K-S,280,4,385000,400000,TRUE,TRUE,b.svg,2,"
            "Depan,c.svg,FALSE,active\n"
            "kemeja,,,,,,,,M,,Biru,K-M,300,,385000.00,385000,false,no,,,,,,\n"
            "kemeja,,,,,,,,,,,,,,,,,,a.svg,1,Belakang,,,\n");
  EXPECT_THAT(report.problems, IsEmpty());
  ASSERT_EQ(products.size(), 1U);
  const ProductRecord& product = products[0].record;
  EXPECT_EQ(product.id, product_id("kemeja"));
  EXPECT_EQ(product.description_html, "<p>Halus</p>");
  EXPECT_EQ(products[0].category_title, "Batik");
  EXPECT_EQ(product.category_handle, "batik");
  EXPECT_THAT(product.tags, ElementsAre("cap", "Parang"));
  EXPECT_THAT(product.option_names, ElementsAre("Ukuran", "Warna"));
  ASSERT_EQ(product.variants.size(), 2U);
  EXPECT_EQ(product.variants[0].price, 385'000);
  EXPECT_EQ(product.variants[0].compare_at_price, 400'000);
  EXPECT_EQ(product.variants[0].quantity, 4);
  EXPECT_THAT(product.variants[1].options, ElementsAre("M", "Biru", ""));
  EXPECT_EQ(product.variants[1].compare_at_price, std::nullopt);
  EXPECT_EQ(product.variants[1].quantity, std::nullopt);
  EXPECT_FALSE(product.variants[1].taxable);
  EXPECT_FALSE(product.variants[1].requires_shipping);
  EXPECT_NE(product.variants[0].id, product.variants[1].id);
  ASSERT_EQ(product.images.size(), 3U);
  EXPECT_EQ(product.images[0].sha256_hex, "hash-of-a.svg");
  EXPECT_EQ(product.images[1].alt, "Depan");
  EXPECT_EQ(product.images[2].sha256_hex, "hash-of-c.svg");
  EXPECT_EQ(product.variants[0].image_position, 2);
  EXPECT_FALSE(products[0].partial);
}

TEST(ProductFile, UnderstandsTheSmallestFileAndTheTemplateOf2025) {
  const auto small = parse("variant price,TITLE,Handle\n12000,Kopi,Kopi-Gayo\n");
  ASSERT_EQ(small.products.size(), 1U);
  EXPECT_EQ(small.products[0].record.handle, "kopi-gayo");
  EXPECT_THAT(small.products[0].record.option_names, IsEmpty());
  EXPECT_TRUE(small.products[0].record.is_public());

  const auto newer = parse(
      "Title,URL handle,Description,Product category,Status,SKU,Price,Compare-at price,Charge "
      "tax,Inventory "
      "quantity,Continue selling when out of stock,Weight value (grams),Product image URL\n"
      "Kopi,kopi,x,Food > Drinks > "
      "Coffee,Draft,K-1,12000,,true,7,deny,250,https://a.example/k.jpg\n");
  EXPECT_THAT(newer.report.problems, IsEmpty());
  const ProductRecord& product = newer.products[0].record;
  EXPECT_EQ(product.category_handle, "coffee");
  EXPECT_EQ(product.status, "draft");
  EXPECT_FALSE(product.is_public());
  EXPECT_EQ(product.variants[0].weight_grams, 250);
  EXPECT_EQ(product.images[0].remote_url, "https://a.example/k.jpg");
}

struct WeightCase {
  std::string weight;
  std::string unit;
  std::int64_t grams;
};

TEST(ProductFile, ReadsWeights) {
  for (const auto& [weight, unit, grams] : std::vector<WeightCase>{{"1.5", "kg", 1'500},
                                                                   {"2", "lb", 907},
                                                                   {"1", "oz", 28},
                                                                   {"12.5", "g", 13},
                                                                   {"7", "", 7},
                                                                   {"", "kg", 0}}) {
    const auto parsed =
        parse("Handle,Title,Variant Price,Variant Weight,Variant Weight Unit\na,A,1," + weight +
              "," + unit + "\n");
    EXPECT_EQ(parsed.products[0].record.variants[0].weight_grams, grams) << weight << unit;
  }
}

struct PriceCase {
  std::string currency;
  std::string cell;
  std::optional<std::int64_t> amount;
};

TEST(ProductFile, ReadsPricesInTheShopsCurrency) {
  for (const auto& [currency, cell, amount] :
       std::vector<PriceCase>{{"USD", "42.99", 4'299},
                              {"USD", "42", 4'200},
                              {"USD", "42.999", std::nullopt},
                              {"IDR", "185000.00", 185'000},
                              {"IDR", "42.99", 43},
                              {"IDR", "42.49", 42},
                              {"IDR", "42.5", 43},
                              {"IDR", "42.999", std::nullopt},
                              {"KWD", "1.234", 1'234},
                              {"IDR", "0", 0},
                              {"IDR", "-1", std::nullopt},
                              {"IDR", "185.000,00", std::nullopt},
                              {"IDR", "1e5", std::nullopt},
                              {"IDR", "9999999999999999", std::nullopt},
                              {"IDR", "1000.", std::nullopt}}) {
    SCOPED_TRACE(cell);
    const auto parsed = parse("Handle,Title,Variant Price\na,A,\"" + cell + "\"\n", currency);
    ASSERT_EQ(parsed.products.size(), amount.has_value() ? 1U : 0U);
    if (amount.has_value()) {
      EXPECT_EQ(parsed.products[0].record.variants[0].price, *amount);
    } else {
      EXPECT_EQ(parsed.report.problems[0].column, "Variant Price");
    }
  }
}

TEST(ProductFile, NotesWhatItAdjusts) {
  const auto parsed = parse(std::string(kHeading) +
                            "a,A,,,,,,,,,,,,-3,1.50,,,,,,,,true,\n"
                            "b,B,,,,,,,,,,,,-1,1,,,,,,,,,\n");
  EXPECT_THAT(parsed.report.problems, IsEmpty());
  EXPECT_THAT(parsed.report.notes, ElementsAre("gift cards cannot be sold yet and stay unpublished",
                                               "prices were rounded to whole IDR",
                                               "negative quantities were taken as 0 (2 rows)"));
  EXPECT_FALSE(parsed.products[0].record.published);
  EXPECT_EQ(parsed.products[0].record.variants[0].quantity, 0);
}

struct BadRow {
  std::string name;
  std::string row;  // line 2, a first row; line 3 is a good product
  std::string column;
  std::string reason;
};

// Columns as in kHeading: Handle(1) … Status(24).
std::vector<BadRow> bad_rows() {
  const std::string long_title(513, 'x');
  return {
      {"no handle", ",A,,,,,,,,,,,,,1,,,,,,,,,", "Handle", "must not be empty"},
      {"handle with a slash", "a/b,A,,,,,,,,,,,,,1,,,,,,,,,", "Handle", "letters, digits"},
      {"no title", "a,,,,,,,,,,,,,,1,,,,,,,,,", "Title", "must not be empty"},
      {"long title", "a," + long_title + ",,,,,,,,,,,,,1,,,,,,,,,", "Title", "longer than 512"},
      {"control character", "a,A\x01,,,,,,,,,,,,,1,,,,,,,,,", "Title", "control character"},
      {"published", "a,A,,,,,maybe,,,,,,,,1,,,,,,,,,", "Published", "'maybe' is neither"},
      {"no price", "a,A,,,,,,,,,,,,,,,,,,,,,,", "Variant Price", "needs a price"},
      {"price", "a,A,,,,,,,,,,,,,abc,,,,,,,,,", "Variant Price", "'abc' is not an amount in IDR"},
      {"compare at", "a,A,,,,,,,,,,,,,1,x,,,,,,,,", "Variant Compare At Price", "'x' is not"},
      {"quantity", "a,A,,,,,,,,,,,,1.5,1,,,,,,,,,", "Variant Inventory Qty", "whole number"},
      {"huge quantity", "a,A,,,,,,,,,,,,99999999999,1,,,,,,,,,", "Variant Inventory Qty",
       "whole number"},
      {"weight", "a,A,,,,,,,,,,,heavy,,1,,,,,,,,,", "Variant Grams", "not a weight"},
      {"huge weight", "a,A,,,,,,,,,,,999999999,,1,,,,,,,,,", "Variant Grams", "not a weight"},
      {"taxable", "a,A,,,,,,,,,,,,,1,,,si,,,,,,", "Variant Taxable", "neither TRUE nor FALSE"},
      {"status", "a,A,,,,,,,,,,,,,1,,,,,,,,,live", "Status", "active, draft or archived"},
      {"option without a value", "a,A,,,,,,Size,,,,,,,1,,,,,,,,,", "Option1 Value",
       "must not be empty"},
      {"value without an option", "a,A,,,,,,,S,,,,,,1,,,,,,,,,", "Option1 Value",
       "names no option"},
      {"second option first", "a,A,,,,,,,,Size,S,,,,1,,,,,,,,,", "Option2 Name", "before it"},
      {"options of one name", "a,A,,,,,,Size,S,Size,S,,,,1,,,,,,,,,", "Option2 Name", "this name"},
      {"short row", "a,A,1", "", "the row has 3 columns, the heading has 24"},
      {"open field", "a,A\"B,,,,,,,,,,,,,1,,,,,,,,,", "", "double quote"},
  };
}

TEST(ProductFile, ReportsEachBadRowWithLineColumnAndReason) {
  for (const BadRow& test : bad_rows()) {
    SCOPED_TRACE(test.name);
    const auto [products, report] =
        parse(std::string(kHeading) + test.row + "\ngood,Good,,,,,,,,,,,,,5,,,,,,,,,\n");
    ASSERT_EQ(products.size(), 1U);
    EXPECT_EQ(products[0].record.handle, "good");
    EXPECT_EQ(report.bad, 1);
    ASSERT_FALSE(report.problems.empty());
    EXPECT_EQ(report.problems[0].line, 2);
    EXPECT_EQ(report.problems[0].column, test.column);
    EXPECT_THAT(report.problems[0].reason, HasSubstr(test.reason));
    EXPECT_THAT(format_problem(report, report.problems[0]), HasSubstr("f.csv:2: "));
  }
}

TEST(ProductFile, ABadFirstRowTakesItsProductAlong) {
  const auto [products, report] = parse(std::string(kHeading) +
                                        "a,A,,,,,,Size,S,,,,,,x,,,,,,,,,\n"
                                        "a,,,,,,,,M,,,,,,1,,,,,,,,,\n");
  EXPECT_THAT(products, IsEmpty());
  EXPECT_EQ(report.bad, 2);
  EXPECT_EQ(report.problems[1].line, 3);
  EXPECT_THAT(report.problems[1].reason, HasSubstr("first row (line 2) is bad"));
}

TEST(ProductFile, ABadLaterRowLeavesTheGoodVariants) {
  const auto [products, report] = parse(std::string(kHeading) +
                                        "a,A,,,,,,Size,S,,,,,,1,,,,,,,,,\n"
                                        "a,,,,,,,,M,,,,,,-1,,,,,,,,,\n"
                                        "a,,,,,,,,S,,,,,,1,,,,,,,,,\n"
                                        "a,,,,,,,,,,,SKU,,,1,,,,,,,,,\n"
                                        "a,,,,,,,,,,,,,,,,,,,,,,,\n"
                                        "a,,,,,,,,L,,,,,,1,,,,,,,,,\n");
  ASSERT_EQ(products.size(), 1U);
  EXPECT_TRUE(products[0].partial);
  EXPECT_EQ(products[0].record.variants.size(), 2U);
  ASSERT_EQ(report.problems.size(), 4U);
  EXPECT_EQ(report.problems[0].column, "Variant Price");
  EXPECT_THAT(report.problems[1].reason, HasSubstr("same options as in line 2"));
  EXPECT_EQ(report.problems[2].column, "Option1 Value");
  EXPECT_THAT(report.problems[3].reason, HasSubstr("neither a variant nor a picture"));
  EXPECT_EQ(report.bad, 4);
}

TEST(ProductFile, ABadPictureLeavesItsRowGood) {
  for (const std::string source :
       {"missing.png", "http://a.example/x.png", "https:///x", "//a.example/x",
        "\"https://a.example/a b\"", "HTTPS://a.example/x"}) {
    SCOPED_TRACE(source);
    const auto [products, report] =
        parse(std::string(kHeading) + "a,A,,,,,,,,,,,,,1,,,," + source + ",,,,,\n");
    ASSERT_EQ(products.size(), 1U);
    EXPECT_THAT(products[0].record.images, IsEmpty());
    ASSERT_EQ(report.problems.size(), 1U);
    EXPECT_EQ(report.problems[0].column, "Image Src");
  }
}

TEST(ProductFile, BoundsItsProblems) {
  std::string text = "Handle,Title,Variant Price\n";
  for (int i = 0; i < 1'200; ++i) {
    text += "a" + std::to_string(i) + ",A,x\n";
  }
  const auto [products, report] = parse(text);
  EXPECT_EQ(report.bad, 1'200);
  EXPECT_EQ(report.problems.size(), ImportReport::kProblemsMax);
}

TEST(ProductHeader, RefusesWhatIsNoProductFile) {
  const auto error_of = [](const std::string& line) {
    CsvReader reader(line);
    CsvRecord record;
    reader.next(record);
    const auto header = ProductHeader::read(record);
    return header.has_value() ? "" : header.error().message();
  };
  EXPECT_THAT(error_of("Title,Variant Price"), HasSubstr("'Handle' is missing"));
  EXPECT_THAT(error_of("Handle,Variant Price"), HasSubstr("'Title' is missing"));
  EXPECT_THAT(error_of("Handle,Title"), HasSubstr("'Variant Price' is missing"));
  EXPECT_THAT(error_of("Handle,Title,Variant Price,handle"), HasSubstr("'handle' is there twice"));
  EXPECT_THAT(error_of("Handle,Title,Price,Variant Price"), HasSubstr("twice"));
  EXPECT_THAT(error_of("Handle,\"Title"), HasSubstr("never closed"));
}

}  // namespace
}  // namespace dermaga::catalog
