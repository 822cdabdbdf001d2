#include "search/search.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "encoding/encoding.h"
#include "facets.h"
#include "ids/ids.h"
#include "indexer.h"
#include "money/money.h"

namespace dermaga::search {
namespace {

Money rupiah(std::int64_t amount) {
  return Money(amount, Currency::parse("IDR").value());
}

product::Product make(const std::string& handle, const std::string& title_id,
                      const std::string& title_en, const std::string& vendor,
                      const std::string& category, std::int64_t price,
                      std::vector<std::string> tags, const std::string& text_en = "") {
  product::Product made;
  made.id = ProductId::parse("prod_" + handle).value();
  made.handle = handle;
  made.title = {{"id", title_id}, {"en", title_en}};
  made.description_html = {{"id", ""}, {"en", text_en}};
  made.vendor = vendor;
  made.category = CategoryId::parse("cat_" + category).value();
  made.tags = std::move(tags);
  product::Variant variant;
  variant.id = VariantId::parse("var_" + handle).value();
  variant.sku = "SKU-" + handle;
  variant.price = rupiah(price);
  made.variants.push_back(variant);
  return made;
}

std::shared_ptr<const product::Assortment> sample() {
  auto all = std::make_shared<product::Assortment>();
  const auto category = [](const char* name, const char* id, const char* en) {
    return product::Category{
        CategoryId::parse(std::string("cat_") + name).value(), name, {{"id", id}, {"en", en}}};
  };
  all->categories = {category("batik", "Batik", "Batik"), category("kopi", "Kopi", "Coffee"),
                     category("rotan", "Anyaman rotan", "Rattan weaving")};
  all->products = {
      make("aceh", "Kopi Gayo Aceh", "Gayo coffee from Aceh", "Toko Kopi", "kopi", 95'000,
           {"arabika"}, "<p>Roasted &amp; packed <b>weekly</b>.</p>"),
      make("kemeja", "Kemeja batik pria", "Men's batik shirt", "Griya", "batik", 350'000,
           {"kemeja"}),
      make("keranjang", "Keranjang rotan", "Rattan basket", "Griya", "rotan", 185'000, {"rumah"}),
      make("kursi", "Kursi rotan dan bantal", "Rattan chair with cushion", "Rotan Jaya", "rotan",
           1'250'000, {"rumah"}, "Goes with coffee."),
      make("toraja", "Kopi Toraja", "Toraja coffee", "Toko Kopi", "kopi", 120'000, {"arabika"}),
  };
  return all;
}

class SearchTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "search." + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    assortment_ = sample();
    id_ = Index::build(assortment_, {folder_, "id", "id"}).value();
    en_ = Index::build(assortment_, {folder_, "en", "id"}).value();
  }
  void TearDown() override {
    id_.reset();
    en_.reset();
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
    std::filesystem::remove_all(folder_);
  }

  std::string handles(const Index& index, const Query& query) const {
    std::string out;
    for (const std::size_t i : index.search(query, [](std::size_t) { return false; }).products) {
      out += (out.empty() ? "" : " ") + assortment_->products[i].handle;
    }
    return out;
  }

  std::string folder_;
  std::shared_ptr<const product::Assortment> assortment_;
  std::shared_ptr<const Index> id_, en_;
};

TEST_F(SearchTest, FindsByLanguage) {
  struct Row {
    bool indonesian;
    const char* text;
    const char* expected;
  };
  const Row rows[] = {
      {true, "kopi toraja", "toraja"},
      {true, "kopi", "toraja aceh"},
      {true, "rumah", "keranjang kursi"},  // a tag
      {true, "toko kopi", "toraja aceh"},  // a vendor
      {true, "berbatik", "kemeja"},        // stemmed: ber- is a prefix
      {true, "keran", "keranjang"},        // the beginning of a word
      {true, "kursi dan", "kursi"},        // "dan" is a stop word
      {true, "keranjnag", "keranjang"},    // a slip of the fingers
      {true, "sku-kursi", "kursi"},
      {true, "anyaman", "keranjang kursi"},  // a category's title
      {false, "shirts", "kemeja"},           // stemmed: plural
      {false, "baskets for rattan", "keranjang"},
      {false, "toraja coffe", "toraja"},
      {false, "weekly", "aceh"},  // the description
      {false, "strong", ""},      // a tag name of HTML is not text
      {false, "amp", ""},
      {true, "zzzzzz", ""},
      {true, "", "aceh kemeja keranjang kursi toraja"},
  };
  for (const Row& row : rows) {
    Query query;
    query.text = row.text;
    EXPECT_EQ(handles(row.indonesian ? *id_ : *en_, query), row.expected) << row.text;
  }
}

TEST_F(SearchTest, TitleWeighsMoreThanDescription) {
  Query query;
  query.text = "coffee";
  EXPECT_EQ(handles(*en_, query), "toraja aceh kursi");
}

TEST_F(SearchTest, TellsWhatWasCorrected) {
  Query query;
  query.text = "ratan chair";
  const Results results = en_->search(query, [](std::size_t) { return false; });
  EXPECT_EQ(results.corrected, "rattan chair");
  EXPECT_EQ(results.total, 1u);
}

TEST_F(SearchTest, OddInputIsNoError) {
  const std::string long_text(100'000, 'x');
  std::vector<std::string> odd = {"\"",
                                  "(((",
                                  "AND",
                                  "NOT NOT",
                                  "-",
                                  "*",
                                  "kopi*",
                                  "title:",
                                  "a NEAR/3 b",
                                  "..",
                                  "1..",
                                  std::string("\0\xff\xfe", 3),
                                  "\xc3",
                                  long_text,
                                  "😀",
                                  "+ - * / \\ ' ; DROP TABLE",
                                  std::string(199, 'a') + "\xc3\xa9",
                                  "<b>",
                                  "\t\n"};
  for (const std::string& text : odd) {
    Query query;
    query.text = text;
    EXPECT_LE(en_->search(query, [](std::size_t) { return false; }).products.size(), 5u);
  }
  Query query;
  query.offset = ~std::size_t{0};
  query.limit = ~std::size_t{0};
  EXPECT_EQ(handles(*en_, query), "");
}

TEST_F(SearchTest, FiltersAndSorts) {
  Query query;
  query.sort = Sort::kPriceAscending;
  EXPECT_EQ(handles(*id_, query), "aceh toraja keranjang kemeja kursi");
  query.sort = Sort::kPriceDescending;
  EXPECT_EQ(handles(*id_, query), "kursi kemeja keranjang toraja aceh");
  query.sort = Sort::kTitle;
  EXPECT_EQ(handles(*en_, query), "aceh kemeja keranjang kursi toraja");
  query.price_min = 120'000;
  query.price_max = 350'000;
  EXPECT_EQ(handles(*id_, query), "kemeja keranjang toraja");
  query.categories = {"cat_rotan", "batik"};
  EXPECT_EQ(handles(*id_, query), "kemeja keranjang");
  query.vendors = {"nobody"};
  EXPECT_EQ(handles(*id_, query), "");
  query.vendors = {"Griya"};
  query.offset = 1;
  query.limit = 1;
  EXPECT_EQ(handles(*id_, query), "keranjang");
}

TEST_F(SearchTest, FacetsIgnoreTheirOwnFilter) {
  Query query;
  query.categories = {"rotan"};
  query.in_stock_only = true;
  const Results results = id_->search(query, [](std::size_t i) { return i == 3; });  // kursi
  ASSERT_EQ(results.products, std::vector<std::size_t>{2});
  ASSERT_EQ(results.categories.size(), 3u);
  EXPECT_EQ(results.categories[0].category, 1u);  // kopi: 2
  EXPECT_EQ(results.categories[0].count, 2u);
  ASSERT_EQ(results.vendors.size(), 1u);
  EXPECT_EQ(results.vendors[0].vendor, "Griya");
  EXPECT_EQ(results.in_stock, 1u);
  EXPECT_EQ(results.sold_out, 1u);
  std::size_t priced = 0;
  for (const PriceRangeCount& range : results.prices) {
    priced += range.count;
  }
  EXPECT_EQ(priced, 1u);
}

TEST_F(SearchTest, PriceRangesCoverEverythingOnce) {
  const Results results = id_->search({}, [](std::size_t) { return false; });
  std::size_t counted = 0;
  std::int64_t end = 0;
  for (const PriceRangeCount& range : results.prices) {
    EXPECT_GE(range.from, end);
    end = range.to;
    counted += range.count;
  }
  EXPECT_EQ(counted, 5u);
  EXPECT_EQ(end, 0);
}

TEST_F(SearchTest, ManyReaders) {
  std::vector<std::jthread> readers;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    readers.emplace_back([&] {
      Query query;
      query.text = "kopi";
      for (int i = 0; i < 200; ++i) {
        wrong += handles(*id_, query) == "toraja aceh" ? 0 : 1;
      }
    });
  }
  readers.clear();
  EXPECT_EQ(wrong, 0);
}

TEST_F(SearchTest, AnEmptyAssortment) {
  auto empty = std::make_shared<product::Assortment>();
  const auto index = Index::build(empty, {folder_, "fr", "id"}).value();
  Query query;
  query.text = "kopi";
  EXPECT_EQ(index->search(query, [](std::size_t) { return false; }).total, 0u);
}

TEST(SearchBuild, NamesTheFolderThatIsMissing) {
  const auto index = Index::build(sample(), {"/nowhere/at/all", "id", "id"});
  ASSERT_FALSE(index.has_value());
  EXPECT_NE(index.error().message().find("/nowhere/at/all"), std::string::npos);
}

TEST(PlainText, DropsTagsAndDecodes) {
  EXPECT_EQ(plain_text("<p>a &amp;&lt; b</p><br>c", 100), " a &< b  c");
  EXPECT_EQ(plain_text("<unclosed", 100), " ");
  EXPECT_EQ(plain_text("abcdef", 3), "abc");
}

}  // namespace
}  // namespace dermaga::search
