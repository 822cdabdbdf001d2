#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "test_store/test_store.h"

namespace dermaga::catalog {

// Remembers what an import hands out.
class RecordingStock final : public StockSink {
 public:
  Status apply_import_quantity(store::Connection&, const VariantId& variant, const LocationId&,
                               std::int64_t quantity) override {
    if (fails) {
      return make_error(ErrorCode::kIo, "the stock cannot be written");
    }
    quantities[variant] = quantity;
    order.push_back(variant);
    ++calls;
    return {};
  }

  std::map<VariantId, std::int64_t> quantities;
  std::vector<VariantId> order;
  int calls = 0;
  bool fails = false;
};

inline config::Shop test_shop(std::string_view currency = "IDR") {
  config::Shop shop;
  shop.currency = *Currency::parse(currency);
  shop.shipping = {{.method = "standard",
                    .titles = {{"id", "Reguler"}, {"en", "Standard"}},
                    .countries = {"ID"},
                    .price = Money(15'000, shop.currency),
                    .free_from = Money(500'000, shop.currency)}};
  shop.taxes = {{.country = "ID", .name = "PPN", .basis_points = 1'100}};
  return shop;
}

// A catalog over a real database in a folder of its own.
class CatalogFixture : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-catalog-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = *database_->connect();
  }
  void TearDown() override {
    catalog_.reset();
    connection_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open(const config::Shop& shop = test_shop()) {
    catalog_.reset();
    auto catalog = Catalog::open(*database_, stock_, clock_,
                                 {.assets_directory = folder_ + "/assets",
                                  .shop = shop,
                                  .sign = [this](const contract::CatalogSnapshot& snapshot) {
                                    published_ = snapshot;
                                    return contract::SignedSnapshot{
                                        std::to_string(snapshot.version), "signature"};
                                  }});
    ASSERT_TRUE(catalog.has_value()) << catalog.error().message();
    catalog_ = *std::move(catalog);
  }

  std::string write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder_ + "/" + name).parent_path());
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return folder_ + "/" + name;
  }

  ImportReport import_path(const std::string& path) {
    auto report = catalog_->import_file(path);
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message());
    return report.value_or(ImportReport{});
  }
  ImportReport import_text(const std::string& text) { return import_path(write("file.csv", text)); }

  // Every row of every catalog table, so that "nothing changed" can be compared.
  std::string all_rows() {
    std::string out;
    for (const auto& [table, columns] : kTables) {
      out += std::string(table) + "\n";
      const auto add = [&out, columns](const store::Row& row) -> Status {
        for (int i = 0; i < columns; ++i) {
          out += row.is_null(i) ? "NULL" : std::string(row.text(i));
          out += '|';
        }
        out += '\n';
        return {};
      };
      if (test_store::on_postgres()) {
        EXPECT_TRUE(connection_->query("SELECT CAST(" + std::string(table) + ".* AS TEXT) FROM " +
                                           std::string(table) + " ORDER BY 1",
                                       {}, [&out](const store::Row& row) -> Status {
                                         out += std::string(row.text(0)) + "\n";
                                         return {};
                                       }));
        continue;
      }
      EXPECT_TRUE(
          connection_->query("SELECT * FROM " + std::string(table) + " ORDER BY 1, 2", {}, add));
    }
    return out;
  }

  std::int64_t count(const std::string& sql) {
    std::int64_t value = -1;
    EXPECT_TRUE(connection_->query(sql, {}, [&value](const store::Row& row) -> Status {
      value = row.integer(0);
      return {};
    }));
    return value;
  }

  const product::Product* published(const std::string& handle) const {
    for (const product::Product& product : published_.assortment.products) {
      if (product.handle == handle) {
        return &product;
      }
    }
    return nullptr;
  }

  static constexpr std::pair<std::string_view, int> kTables[] = {
      {"locations", 2},    {"categories", 3},     {"category_texts", 3}, {"assets", 5},
      {"products", 11},    {"product_texts", 4},  {"product_tags", 3},   {"product_options", 3},
      {"option_texts", 5}, {"product_images", 5}, {"variants", 17},      {"catalog_versions", 4},
      {"price_history", 8}};

  std::string folder_;
  ManualClock clock_{from_unix_ms(1'800'000'000'000)};
  RecordingStock stock_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  contract::CatalogSnapshot published_;
  std::unique_ptr<Catalog> catalog_;
};

}  // namespace dermaga::catalog
