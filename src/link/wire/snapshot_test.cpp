#include "wire/snapshot.h"

#include <gtest/gtest.h>
#include <link.pb.h>

#include <functional>

#include "wire/messages.h"

namespace dermaga::wire {
namespace {

Money rupiah(std::int64_t amount) {
  return Money(amount, *Currency::parse("IDR"));
}

contract::CatalogSnapshot sample() {
  contract::CatalogSnapshot snapshot;
  snapshot.version = 12;
  snapshot.shop_id = "dermaga";
  snapshot.shop_name = "Dermaga";
  snapshot.locales = {"id", "en"};
  snapshot.rules.currency = *Currency::parse("IDR");
  snapshot.rules.shipping = {{.method = "standard",
                              .countries = {"ID"},
                              .regions = {"ID-JK"},
                              .weight_grams_max = 5'000,
                              .price = rupiah(12'000),
                              .free_from = rupiah(500'000)}};
  snapshot.rules.taxes = {{.country = "ID", .name = "PPN", .basis_points = 1'100}};
  snapshot.shipping_methods = {{.method = "standard", .title = {{"id", "Reguler"}}}};
  snapshot.assortment.categories = {
      {.id = *CategoryId::parse("cat_kopi"), .handle = "kopi", .title = {{"id", "Kopi"}}}};
  product::Product product;
  product.id = *ProductId::parse("prod_gayo");
  product.handle = "kopi-gayo";
  product.title = {{"id", "Kopi Gayo"}, {"en", "Gayo coffee"}};
  product.description_html = {{"id", "<p>Enak</p>"}};
  product.vendor = "Petani";
  product.category = *CategoryId::parse("cat_kopi");
  product.tags = {"kopi"};
  product.options = {{.name = {{"id", "Berat"}}, .values = {{{"id", "250 g"}}, {{"id", "1 kg"}}}}};
  product.images = {{.sha256_hex = std::string(64, 'a'),
                     .content_type = "image/svg+xml",
                     .alt = {{"id", "Kopi"}},
                     .width_px = 800,
                     .height_px = 600}};
  product.variants = {
      {.id = *VariantId::parse("var_gayo250"),
       .sku = "G250",
       .option_values = {0},
       .price = rupiah(85'000),
       .compare_at_price = rupiah(95'000),
       .weight_grams = 250,
       .image_index = 0},
      {.id = *VariantId::parse("var_gayo1000"), .option_values = {1}, .price = rupiah(300'000)}};
  snapshot.assortment.products = {product};
  return snapshot;
}

TEST(Snapshot, ComesBackAsItWas) {
  const auto key = digest::SigningKey::generate();
  const auto signed_one = sign_snapshot(sample(), key);
  const auto back = open_snapshot(signed_one, key.public_key());
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(sign_snapshot(*back, key).bytes, signed_one.bytes);
  EXPECT_EQ(back->version, 12u);
  const auto& product = back->assortment.products.at(0);
  EXPECT_EQ(product.title.at("en"), "Gayo coffee");
  EXPECT_EQ(product.variants.at(0).compare_at_price, rupiah(95'000));
  EXPECT_EQ(product.variants.at(0).image_index, 0);
  EXPECT_FALSE(product.variants.at(1).image_index.has_value());
  EXPECT_EQ(back->rules.shipping.at(0).free_from, rupiah(500'000));
  EXPECT_EQ(peek_version(signed_one), 12u);
}

TEST(Snapshot, NothingIsParsedWithoutItsSignature) {
  const auto key = digest::SigningKey::generate();
  auto signed_one = sign_snapshot(sample(), key);
  EXPECT_EQ(open_snapshot(signed_one, digest::SigningKey::generate().public_key()).error().code(),
            ErrorCode::kCorrupt);
  signed_one.bytes.back() ^= 1;
  EXPECT_EQ(open_snapshot(signed_one, key.public_key()).error().code(), ErrorCode::kCorrupt);
}

// A signature without the context prefix must not pass for one of ours.
TEST(Snapshot, TheSignatureCoversTheContext) {
  const auto key = digest::SigningKey::generate();
  auto signed_one = sign_snapshot(sample(), key);
  signed_one.signature = key.sign(signed_one.bytes);
  EXPECT_FALSE(open_snapshot(signed_one, key.public_key()).has_value());
}

TEST(Snapshot, SignedNonsenseIsStillRefused) {
  const std::function<void(link::v1::CatalogSnapshot&)> spoilers[] = {
      [](auto& s) { s.set_version(0); },
      [](auto& s) { s.clear_shop_id(); },
      [](auto& s) { s.mutable_rules()->set_currency("Rp"); },
      [](auto& s) { s.set_quote_minutes(-1); },
      [](auto& s) { s.mutable_products(0)->set_id("nope"); },
      [](auto& s) { s.mutable_products(0)->clear_variants(); },
      [](auto& s) { s.mutable_products(0)->set_category_id("prod_x"); },
      [](auto& s) { s.mutable_products(0)->mutable_variants(0)->set_option_values(0, 2); },
      [](auto& s) { s.mutable_products(0)->mutable_variants(0)->add_option_values(0); },
      [](auto& s) { s.mutable_products(0)->mutable_variants(0)->set_image_number(2); },
      [](auto& s) { s.mutable_products(0)->mutable_variants(0)->clear_price(); },
      [](auto& s) { *s.mutable_products(0)->add_title() = s.products(0).title(0); },
      [](auto& s) { s.mutable_products(0)->mutable_images(0)->set_width_px(-1); },
      [](auto& s) { s.mutable_rules()->mutable_taxes(0)->set_basis_points(-1); },
  };
  const auto key = digest::SigningKey::generate();
  int index = 0;
  for (const auto& spoil : spoilers) {
    link::v1::CatalogSnapshot proto;
    ASSERT_TRUE(proto.ParseFromString(sign_snapshot(sample(), key).bytes));
    spoil(proto);
    contract::SignedSnapshot bad{.bytes = proto.SerializeAsString(), .signature = {}};
    bad.signature = key.sign("dermaga.catalog.v1\n" + bad.bytes);
    const auto result = open_snapshot(bad, key.public_key());
    ASSERT_FALSE(result.has_value()) << "spoiler " << index;
    EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
    ++index;
  }
}

TEST(Snapshot, FileForm) {
  const auto key = digest::SigningKey::generate();
  const auto signed_one = sign_snapshot(sample(), key);
  const std::string file = snapshot_to_file(signed_one);
  const auto back = snapshot_from_file(file);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->bytes, signed_one.bytes);
  EXPECT_TRUE(open_snapshot(*back, key.public_key()).has_value());
  for (const std::string& bad : {std::string(), std::string("dermaga.catalog2") + file.substr(16),
                                 file.substr(0, 80), file.substr(0, 15)}) {
    ASSERT_FALSE(snapshot_from_file(bad).has_value());
    EXPECT_EQ(snapshot_from_file(bad).error().code(), ErrorCode::kCorrupt);
  }
  // A file cut off inside its bytes is found by the signature.
  EXPECT_FALSE(open_snapshot(*snapshot_from_file(file.substr(0, file.size() - 1)), key.public_key())
                   .has_value());
}

TEST(Snapshot, PeekVersionNeedsAVersion) {
  EXPECT_FALSE(peek_version({.bytes = "", .signature = {}}).has_value());
  EXPECT_FALSE(peek_version({.bytes = "garbage", .signature = {}}).has_value());
}

}  // namespace
}  // namespace dermaga::wire
