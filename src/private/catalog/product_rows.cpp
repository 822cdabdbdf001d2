#include "product_rows.h"

#include <algorithm>
#include <utility>

namespace dermaga::catalog {

namespace {

using store::Parameter;
using store::Row;
using Products = std::map<ProductId, StoredProduct>;
using Only = std::optional<std::span<const ProductId>>;

std::string_view text_of(const std::string& text) {
  return text;
}

Parameter optional_parameter(const std::optional<std::int64_t>& value) {
  return value.has_value() ? Parameter(*value) : Parameter(std::monostate{});
}

std::optional<std::int64_t> optional_integer(const Row& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

// All rows of a table, or those of some products.
Status each_row(store::Connection& connection, std::string_view table, std::string_view columns,
                std::string_view key, const Only& only, const store::RowCallback& callback) {
  if (!only.has_value()) {
    return connection.query("SELECT " + std::string(columns) + " FROM " + std::string(table), {},
                            callback);
  }
  std::vector<Parameter> keys;
  for (const ProductId& id : *only) {
    keys.emplace_back(text_of(id.str()));
  }
  return connection.select_by_keys(table, columns, key, keys, false, callback);
}

// Children carry a position; they are put in order once all are read.
template <typename Child>
using Placed = std::map<ProductId, std::vector<std::pair<std::int64_t, Child>>>;

// Reads (product_id, position, …) rows; `read` makes the child from the columns after these two.
template <typename Child, typename Read>
Result<Placed<Child>> load_children(store::Connection& connection, std::string_view table,
                                    const std::string& columns, const Only& only, Read read) {
  Placed<Child> children;
  const auto take = [&](const Row& row) -> Status {
    ASSIGN_OR_RETURN(auto id, ProductId::parse(row.text(0)));
    ASSIGN_OR_RETURN(Child child, read(row));
    children[id].emplace_back(row.integer(1), std::move(child));
    return {};
  };
  RETURN_IF_ERROR(
      each_row(connection, table, "product_id, position, " + columns, "product_id", only, take));
  for (auto& [id, list] : children) {
    std::ranges::sort(list, {}, [](const auto& child) { return child.first; });
  }
  return children;
}

template <typename Child, typename Add>
void hand_out(Placed<Child>&& children, Products& products, Add add) {
  for (auto& [id, list] : children) {
    const auto product = products.find(id);
    for (auto& [position, child] : list) {
      if (product != products.end()) {
        add(product->second, std::move(child));
      }
    }
  }
}

Result<std::map<std::string, std::string>> category_handles(store::Connection& connection) {
  std::map<std::string, std::string> handles;
  RETURN_IF_ERROR(
      connection.query("SELECT id, handle FROM categories", {}, [&](const Row& row) -> Status {
        handles.emplace(row.text(0), row.text(1));
        return {};
      }));
  return handles;
}

Result<Products> load_product_rows(store::Connection& connection, const Only& only) {
  ASSIGN_OR_RETURN(const auto handles, category_handles(connection));
  Products products;
  constexpr std::string_view kColumns =
      "id, handle, title, description_html, seo_title, seo_description, vendor, category_id, "
      "status, "
      "published, gift_card";
  RETURN_IF_ERROR(
      each_row(connection, "products", kColumns, "id", only, [&](const Row& row) -> Status {
        ProductRecord product;
        ASSIGN_OR_RETURN(product.id, ProductId::parse(row.text(0)));
        product.handle = row.text(1);
        product.title = row.text(2);
        product.description_html = row.text(3);
        product.seo_title = row.text(4);
        product.seo_description = row.text(5);
        product.vendor = row.text(6);
        const auto category = handles.find(std::string(row.text(7)));
        product.category_handle = category == handles.end() ? "" : category->second;
        product.status = row.text(8);
        product.published = row.integer(9) != 0;
        product.gift_card = row.integer(10) != 0;
        const ProductId id = product.id;
        products.emplace(id, StoredProduct{.record = std::move(product), .archived = {}});
        return {};
      }));
  return products;
}

Result<std::pair<bool, VariantRecord>> read_variant(const Row& row) {
  VariantRecord variant;
  ASSIGN_OR_RETURN(variant.id, VariantId::parse(row.text(2)));
  variant.sku = row.text(4);
  variant.barcode = row.text(5);
  variant.options = {std::string(row.text(6)), std::string(row.text(7)), std::string(row.text(8))};
  variant.currency = row.text(9);
  variant.price = row.integer(10);
  variant.compare_at_price = optional_integer(row, 11);
  variant.weight_grams = row.integer(12);
  variant.taxable = row.integer(13) != 0;
  variant.requires_shipping = row.integer(14) != 0;
  variant.image_position = optional_integer(row, 15);
  variant.quantity = optional_integer(row, 16);
  return std::pair(row.integer(3) != 0, std::move(variant));
}

}  // namespace

Result<Products> load_products(store::Connection& connection, const Only& only) {
  ASSIGN_OR_RETURN(Products products, load_product_rows(connection, only));
  const auto third = [](const Row& row) -> Result<std::string> { return std::string(row.text(2)); };
  ASSIGN_OR_RETURN(auto tags,
                   load_children<std::string>(connection, "product_tags", "tag", only, third));
  hand_out(std::move(tags), products, [](StoredProduct& product, std::string tag) {
    product.record.tags.push_back(std::move(tag));
  });
  ASSIGN_OR_RETURN(auto options,
                   load_children<std::string>(connection, "product_options", "name", only, third));
  hand_out(std::move(options), products, [](StoredProduct& product, std::string name) {
    product.record.option_names.push_back(std::move(name));
  });
  const auto image = [](const Row& row) -> Result<ImageRecord> {
    return ImageRecord{.sha256_hex = std::string(row.text(2)),
                       .remote_url = std::string(row.text(3)),
                       .alt = std::string(row.text(4))};
  };
  ASSIGN_OR_RETURN(auto images, load_children<ImageRecord>(connection, "product_images",
                                                           "sha256, remote_url, alt", only, image));
  hand_out(std::move(images), products, [](StoredProduct& product, ImageRecord record) {
    product.record.images.push_back(std::move(record));
  });
  ASSIGN_OR_RETURN(
      auto variants,
      (load_children<std::pair<bool, VariantRecord>>(
          connection, "variants",
          "id, archived, sku, barcode, option1, option2, option3, currency, price, "
          "compare_at_price, weight_grams, taxable, requires_shipping, image_position, "
          "imported_quantity",
          only, read_variant)));
  hand_out(std::move(variants), products,
           [](StoredProduct& product, std::pair<bool, VariantRecord> variant) {
             auto& list = variant.first ? product.archived : product.record.variants;
             list.push_back(std::move(variant.second));
           });
  return products;
}

namespace {

Status save_category(store::Connection& connection, const std::string& handle,
                     const std::string& title) {
  const CategoryId id = category_id(handle);
  // The first spelling of a category's name stays: a file may write it in several ways.
  const Parameter values[] = {text_of(id.str()), text_of(handle), text_of(title)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO categories (id, handle, title) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
      values));
  return {};
}

Status save_product_row(store::Connection& connection, const ProductRecord& product) {
  const std::string category =
      product.category_handle.empty() ? "" : category_id(product.category_handle).str();
  const Parameter values[] = {
      text_of(product.id.str()),
      text_of(product.handle),
      text_of(product.title),
      text_of(product.description_html),
      text_of(product.seo_title),
      text_of(product.seo_description),
      text_of(product.vendor),
      category.empty() ? Parameter(std::monostate{}) : Parameter(text_of(category)),
      text_of(product.status),
      std::int64_t{product.published},
      std::int64_t{product.gift_card},
  };
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO products (id, handle, title, description_html, seo_title, seo_description, "
      "vendor, "
      "category_id, status, published, gift_card) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET "
      "title = excluded.title, description_html = excluded.description_html, "
      "seo_title = excluded.seo_title, seo_description = excluded.seo_description, "
      "vendor = excluded.vendor, category_id = excluded.category_id, status = excluded.status, "
      "published = excluded.published, gift_card = excluded.gift_card",
      values));
  return {};
}

// Replaces the product's rows in a table of texts by position.
Status replace_texts(store::Connection& connection, std::string_view table, std::string_view column,
                     const ProductId& id, const std::vector<std::string>& texts) {
  const Parameter key[] = {text_of(id.str())};
  RETURN_IF_ERROR(
      connection.execute("DELETE FROM " + std::string(table) + " WHERE product_id = $1", key));
  std::vector<Parameter> rows;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    rows.insert(rows.end(), {text_of(id.str()), static_cast<std::int64_t>(i), text_of(texts[i])});
  }
  const std::string_view columns[] = {"product_id", "position", column};
  return rows.empty() ? Status{} : connection.insert_many(table, columns, rows);
}

Status replace_images(store::Connection& connection, const ProductRecord& product) {
  const Parameter key[] = {text_of(product.id.str())};
  RETURN_IF_ERROR(connection.execute("DELETE FROM product_images WHERE product_id = $1", key));
  std::vector<Parameter> rows;
  for (std::size_t i = 0; i < product.images.size(); ++i) {
    const ImageRecord& image = product.images[i];
    rows.insert(rows.end(), {text_of(product.id.str()), static_cast<std::int64_t>(i),
                             image.sha256_hex.empty() ? Parameter(std::monostate{})
                                                      : Parameter(text_of(image.sha256_hex)),
                             text_of(image.remote_url), text_of(image.alt)});
  }
  constexpr std::string_view kColumns[] = {"product_id", "position", "sha256", "remote_url", "alt"};
  return rows.empty() ? Status{} : connection.insert_many("product_images", kColumns, rows);
}

Status save_variants(store::Connection& connection, const ProductRecord& product) {
  constexpr std::size_t kColumns = 17;
  std::vector<Parameter> rows;
  for (std::size_t i = 0; i < product.variants.size(); ++i) {
    const VariantRecord& variant = product.variants[i];
    rows.insert(rows.end(),
                {text_of(variant.id.str()), text_of(product.id.str()), static_cast<std::int64_t>(i),
                 std::int64_t{0}, text_of(variant.sku), text_of(variant.barcode),
                 text_of(variant.options[0]), text_of(variant.options[1]),
                 text_of(variant.options[2]), text_of(variant.currency), variant.price,
                 optional_parameter(variant.compare_at_price), variant.weight_grams,
                 std::int64_t{variant.taxable}, std::int64_t{variant.requires_shipping},
                 optional_parameter(variant.image_position), optional_parameter(variant.quantity)});
  }
  RETURN_IF_ERROR(connection.execute_many(
      "INSERT INTO variants (id, product_id, position, archived, sku, barcode, option1, option2, "
      "option3, currency, price, compare_at_price, weight_grams, taxable, requires_shipping, "
      "image_position, imported_quantity) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
      "ON CONFLICT (id) DO UPDATE SET position = excluded.position, archived = excluded.archived, "
      "sku = excluded.sku, barcode = excluded.barcode, currency = excluded.currency, "
      "price = excluded.price, compare_at_price = excluded.compare_at_price, "
      "weight_grams = excluded.weight_grams, taxable = excluded.taxable, "
      "requires_shipping = excluded.requires_shipping, image_position = excluded.image_position, "
      "imported_quantity = excluded.imported_quantity",
      kColumns, rows));
  return {};
}

Status archive_missing(store::Connection& connection, const ProductRecord& product,
                       const StoredProduct& stored) {
  std::vector<Parameter> gone;
  for (const VariantRecord& variant : stored.record.variants) {
    if (std::ranges::find(product.variants, variant.id, &VariantRecord::id) ==
        product.variants.end()) {
      gone.emplace_back(text_of(variant.id.str()));
    }
  }
  if (!gone.empty()) {
    RETURN_IF_ERROR(
        connection.execute_many("UPDATE variants SET archived = 1 WHERE id = $1", 1, gone));
  }
  return {};
}

}  // namespace

Status save_product(store::Connection& connection, const ProductRecord& product,
                    const std::string& category_title, const StoredProduct* stored) {
  if (!product.category_handle.empty()) {
    RETURN_IF_ERROR(save_category(connection, product.category_handle, category_title));
  }
  RETURN_IF_ERROR(save_product_row(connection, product));
  RETURN_IF_ERROR(replace_texts(connection, "product_tags", "tag", product.id, product.tags));
  RETURN_IF_ERROR(
      replace_texts(connection, "product_options", "name", product.id, product.option_names));
  RETURN_IF_ERROR(replace_images(connection, product));
  RETURN_IF_ERROR(save_variants(connection, product));
  return stored == nullptr ? Status{} : archive_missing(connection, product, *stored);
}

Status save_quantities(store::Connection& connection, const ProductRecord& product) {
  std::vector<Parameter> rows;
  for (const VariantRecord& variant : product.variants) {
    rows.insert(rows.end(), {text_of(variant.id.str()), optional_parameter(variant.quantity)});
  }
  RETURN_IF_ERROR(
      connection.execute_many("UPDATE variants SET imported_quantity = $2 WHERE id = $1", 2, rows));
  return {};
}

}  // namespace dermaga::catalog
