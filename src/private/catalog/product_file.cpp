#include "product_file.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "html.h"

namespace dermaga::catalog {

namespace {

constexpr std::size_t kHandleBytesMax = 255;
constexpr std::size_t kTitleBytesMax = 512;
constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kDescriptionBytesMax = std::size_t{512} << 10;
constexpr std::size_t kSeoBytesMax = 2'048;
constexpr std::size_t kAltBytesMax = 1'024;
constexpr std::size_t kUrlBytesMax = 2'048;
constexpr std::size_t kVariantsMax = 2'048;
constexpr std::size_t kPicturesMax = 250;
constexpr std::size_t kTagsMax = 250;
constexpr std::int64_t kQuantityMax = 1'000'000'000;
constexpr std::int64_t kUnplaced = std::numeric_limits<std::int64_t>::max();

constexpr std::array kOptionNames = {Column::kOption1Name, Column::kOption2Name,
                                     Column::kOption3Name};
constexpr std::array kOptionValues = {Column::kOption1Value, Column::kOption2Value,
                                      Column::kOption3Value};

// Letters (any script), digits, '-' and '_': what can stand in an address without escapes that
// change its meaning.
bool is_handle(std::string_view text) {
  return !text.empty() && text.size() <= kHandleBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_remote(std::string_view source) {
  const std::string start = ascii_lowered(source.substr(0, 8));
  return start.starts_with("http:") || start.starts_with("https:") || source.starts_with("//");
}

bool is_https_address(std::string_view source) {
  return source.starts_with("https://") && source.size() > 8 && source.size() <= kUrlBytesMax &&
         source[8] != '/' && std::ranges::all_of(source, [](char c) {
           return c > 0x20 && c < 0x7F &&
                  std::string_view("\"'<>\\`{}|^").find(c) == std::string_view::npos;
         });
}

std::string category_handle(const std::string& title) {
  std::string handle = encoding::slug(title);
  // A name without Latin letters still needs an address that does not change.
  return handle.empty() ? "c-" + encoding::hex(digest::sha256(title)).substr(0, 12) : handle;
}

std::vector<std::string> split_tags(std::string_view cell) {
  std::vector<std::string> tags;
  std::vector<std::string> seen;
  while (!cell.empty()) {
    const std::size_t comma = std::min(cell.find(','), cell.size());
    const std::string tag(trimmed(cell.substr(0, comma)));
    cell.remove_prefix(std::min(comma + 1, cell.size()));
    const std::string key = ascii_lowered(tag);
    if (!tag.empty() && std::ranges::find(seen, key) == seen.end()) {
      seen.push_back(key);
      tags.push_back(tag);
    }
  }
  return tags;
}

}  // namespace

void ProductFile::add(const CsvRecord& record) {
  if (!record.problem.empty()) {
    report_.problem(record.line, "", record.problem);
    unreadable_rows_ = true;
    return;
  }
  if (std::ranges::all_of(record.fields,
                          [](const std::string& field) { return trimmed(field).empty(); })) {
    return;
  }
  if (record.fields.size() != header_.width()) {
    report_.problem(record.line, "",
                    "the row has " + std::to_string(record.fields.size()) +
                        " columns, the heading has " + std::to_string(header_.width()));
    unreadable_rows_ = true;
    return;
  }
  ProductRow row(header_, record, report_);
  const std::string handle = ascii_lowered(row.raw(Column::kHandle));
  if (!is_handle(handle)) {
    row.refuse(Column::kHandle, handle.empty()
                                    ? "must not be empty"
                                    : "may hold letters, digits, '-' and '_', at most 255 bytes");
    unreadable_rows_ = true;
    return;
  }
  if (const auto refused = refused_line_by_handle_.find(handle);
      refused != refused_line_by_handle_.end()) {
    row.refuse(Column::kHandle, "left out, since the product's first row (line " +
                                    std::to_string(refused->second) + ") is bad");
    return;
  }
  const auto known = draft_by_handle_.find(handle);
  if (known == draft_by_handle_.end()) {
    add_first_row(row, handle);
  } else {
    add_later_row(row, drafts_[known->second]);
  }
}

void ProductFile::add_first_row(ProductRow& row, const std::string& handle) {
  Draft draft;
  draft.product.record = read_product(row, handle, draft.product.category_title);
  read_options(row, draft.product.record);
  if (!add_variant(row, draft)) {
    refused_line_by_handle_.emplace(handle, row.line());
    return;
  }
  add_pictures(row, draft, true);
  draft_by_handle_.emplace(handle, drafts_.size());
  drafts_.push_back(std::move(draft));
}

void ProductFile::add_later_row(ProductRow& row, Draft& draft) {
  const bool variant = !row.blank(Column::kOption1Value) || !row.blank(Column::kOption2Value) ||
                       !row.blank(Column::kOption3Value) || !row.blank(Column::kSku) ||
                       !row.blank(Column::kPrice);
  if (variant) {
    if (add_variant(row, draft)) {
      add_pictures(row, draft, true);
    }
  } else if (!row.blank(Column::kImageSource)) {
    add_pictures(row, draft, false);
  } else {
    row.refuse(Column::kHandle, "the row holds neither a variant nor a picture");
  }
  draft.product.partial = draft.product.partial || row.bad();
}

ProductRecord ProductFile::read_product(ProductRow& row, const std::string& handle,
                                        std::string& category_title) {
  ProductRecord product;
  product.id = product_id(handle);
  product.handle = handle;
  product.title = row.required_text(Column::kTitle, kTitleBytesMax);
  if (row.raw(Column::kBody).size() > kDescriptionBytesMax) {
    row.refuse(Column::kBody, "longer than " + std::to_string(kDescriptionBytesMax) + " bytes");
  } else {
    product.description_html = sanitise_html(row.raw(Column::kBody));
  }
  product.seo_title = row.text(Column::kSeoTitle, kSeoBytesMax);
  product.seo_description = row.text(Column::kSeoDescription, kSeoBytesMax);
  product.vendor = row.text(Column::kVendor, kNameBytesMax);
  category_title = row.text(Column::kType, kNameBytesMax);
  if (category_title.empty()) {
    const std::string path = row.text(Column::kProductCategory, kSeoBytesMax);
    const std::size_t last = path.rfind('>');
    category_title =
        trimmed(last == std::string::npos ? path : std::string_view(path).substr(last + 1));
  }
  product.category_handle = category_title.empty() ? "" : category_handle(category_title);
  product.tags = split_tags(row.text(Column::kTags, std::size_t{64} << 10));
  if (product.tags.size() > kTagsMax) {
    row.refuse(Column::kTags, "more than " + std::to_string(kTagsMax) + " tags");
  }
  product.published = row.flag(Column::kPublished, true);
  product.status = row.blank(Column::kStatus) ? "active" : ascii_lowered(row.raw(Column::kStatus));
  if (product.status != "active" && product.status != "draft" && product.status != "archived") {
    row.refuse(Column::kStatus, "must be active, draft or archived");
  }
  product.gift_card = row.flag(Column::kGiftCard, false);
  if (product.gift_card && product.published) {
    product.published = false;
    row.note("gift cards cannot be sold yet and stay unpublished");
  }
  return product;
}

void ProductFile::read_options(ProductRow& row, ProductRecord& product) {
  if (row.raw(Column::kOption1Name) == "Title" &&
      row.raw(Column::kOption1Value) == "Default Title" && row.blank(Column::kOption2Name)) {
    return;
  }
  for (std::size_t i = 0; i < kOptionNames.size(); ++i) {
    if (row.blank(kOptionNames[i])) {
      continue;
    }
    const std::string name = row.text(kOptionNames[i], kNameBytesMax);
    if (product.option_names.size() != i) {
      row.refuse(kOptionNames[i], "the option before it has no name");
    } else if (std::ranges::find(product.option_names, name) != product.option_names.end()) {
      row.refuse(kOptionNames[i], "two options have this name");
    } else {
      product.option_names.push_back(name);
    }
  }
}

std::array<std::string, 3> ProductFile::read_option_values(ProductRow& row,
                                                           const ProductRecord& product) {
  std::array<std::string, 3> values;
  for (std::size_t i = 0; i < kOptionValues.size(); ++i) {
    if (i < product.option_names.size()) {
      values[i] = row.required_text(kOptionValues[i], kNameBytesMax);
    } else if (!row.blank(kOptionValues[i]) &&
               !(i == 0 && row.raw(kOptionValues[i]) == "Default Title")) {
      row.refuse(kOptionValues[i], "the product's first row names no option for this value");
    }
  }
  return values;
}

VariantRecord ProductFile::read_variant(ProductRow& row, const ProductRecord& product) {
  VariantRecord variant;
  variant.options = read_option_values(row, product);
  variant.id = variant_id(product.handle, variant.options);
  variant.sku = row.text(Column::kSku, kNameBytesMax);
  variant.barcode = row.text(Column::kBarcode, kNameBytesMax);
  variant.currency = currency_.code();
  if (row.blank(Column::kPrice)) {
    row.refuse(Column::kPrice, "a variant needs a price");
  }
  variant.price = row.price(Column::kPrice, currency_).value_or(0);
  variant.compare_at_price = row.price(Column::kCompareAtPrice, currency_);
  if (variant.compare_at_price.value_or(0) <= variant.price) {
    variant.compare_at_price.reset();
  }
  variant.weight_grams = row.weight_grams();
  variant.taxable = row.flag(Column::kTaxable, true);
  variant.requires_shipping = row.flag(Column::kRequiresShipping, true);
  variant.quantity = row.integer(Column::kInventoryQuantity, -kQuantityMax, kQuantityMax);
  if (variant.quantity.value_or(0) < 0) {
    variant.quantity = 0;
    row.note("negative quantities were taken as 0");
  }
  const std::string policy = ascii_lowered(row.raw(Column::kInventoryPolicy));
  if (policy == "continue" || policy == "true") {
    row.note("selling beyond stock is not done here: the quantity in the file is the limit");
  }
  return variant;
}

bool ProductFile::add_variant(ProductRow& row, Draft& draft) {
  ProductRecord& product = draft.product.record;
  VariantRecord variant = read_variant(row, product);
  if (row.bad()) {
    return false;
  }
  const auto [same, added] = draft.lines_by_options.emplace(variant.options, row.line());
  if (!added) {
    row.refuse(Column::kOption1Value,
               "the same options as in line " + std::to_string(same->second));
    return false;
  }
  if (product.variants.size() == kVariantsMax) {
    row.refuse(Column::kHandle,
               "a product has at most " + std::to_string(kVariantsMax) + " variants");
    return false;
  }
  product.variants.push_back(std::move(variant));
  draft.variant_pictures.emplace_back();
  return true;
}

// A picture that cannot be taken is reported, and the rest of its row stays good.
void ProductFile::add_pictures(ProductRow& row, Draft& draft, bool with_variant) {
  if (!row.blank(Column::kImageSource)) {
    const auto order = row.integer(Column::kImagePosition, 1, 1'000'000);
    add_picture(row, draft, Column::kImageSource, order.value_or(kUnplaced - 1));
  }
  if (with_variant && !row.blank(Column::kVariantImage) &&
      add_picture(row, draft, Column::kVariantImage, kUnplaced)) {
    draft.variant_pictures.back() = row.raw(Column::kVariantImage);
  }
}

bool ProductFile::add_picture(ProductRow& row, Draft& draft, Column column, std::int64_t order) {
  const std::string source(row.raw(column));
  const bool main = column == Column::kImageSource;
  const auto known = std::ranges::find(draft.pictures, source, &Picture::source);
  if (known != draft.pictures.end()) {
    if (main && known->order == kUnplaced) {
      known->order = order;
      known->record.alt = row.text(Column::kImageAlt, kAltBytesMax);
    }
    return true;
  }
  if (draft.pictures.size() == kPicturesMax) {
    row.refuse(column, "a product has at most " + std::to_string(kPicturesMax) + " pictures");
    return false;
  }
  Picture picture{.order = order, .arrival = draft.pictures.size(), .source = source, .record = {}};
  if (is_remote(source)) {
    if (!is_https_address(source)) {
      row.refuse(column, "the address of a picture must be a plain https address");
      return false;
    }
    picture.record.remote_url = source;
  } else {
    auto taken = intake_(source);
    if (!taken.has_value()) {
      row.refuse(column, taken.error().message());
      return false;
    }
    picture.record.sha256_hex = *std::move(taken);
  }
  picture.record.alt = main ? row.text(Column::kImageAlt, kAltBytesMax) : "";
  draft.pictures.push_back(std::move(picture));
  return true;
}

void ProductFile::place_pictures(Draft& draft) {
  std::ranges::sort(draft.pictures, {}, [](const Picture& picture) {
    return std::pair(picture.order, picture.arrival);
  });
  ProductRecord& product = draft.product.record;
  for (std::size_t i = 0; i < draft.pictures.size(); ++i) {
    for (std::size_t v = 0; v < product.variants.size(); ++v) {
      if (draft.variant_pictures[v] == draft.pictures[i].source) {
        product.variants[v].image_position = static_cast<std::int64_t>(i);
      }
    }
    product.images.push_back(std::move(draft.pictures[i].record));
  }
}

std::vector<ParsedProduct> ProductFile::finish() {
  std::vector<ParsedProduct> products;
  products.reserve(drafts_.size());
  for (Draft& draft : drafts_) {
    place_pictures(draft);
    draft.product.partial = draft.product.partial || unreadable_rows_;
    products.push_back(std::move(draft.product));
  }
  drafts_.clear();
  return products;
}

}  // namespace dermaga::catalog
