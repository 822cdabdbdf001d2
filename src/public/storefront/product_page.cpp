#include <algorithm>
#include <vector>

#include "icons.h"
#include "layout.h"
#include "option_picker.h"
#include "pages.h"
#include "product_card.h"

namespace dermaga::storefront {

namespace {

using enum Message;
using contract::Availability;

constexpr std::size_t kImagesMax = 12;
constexpr std::size_t kRelatedMax = 4;
constexpr std::size_t kDescriptionBytesMax = 155;

// "185000" or "12.50", as schema.org wants prices.
std::string decimal(const Money& money) {
  std::string digits = std::to_string(money.amount());
  const auto minor = static_cast<std::size_t>(money.currency().minor_digits());
  if (minor == 0) return digits;
  if (digits.size() <= minor) digits.insert(0, minor + 1 - digits.size(), '0');
  return digits.insert(digits.size() - minor, ".");
}

std::string weight(const Context& context, std::int64_t grams) {
  if (grams < 1000) {
    return std::to_string(grams) + " g";
  }
  const std::int64_t tenths = (grams + 50) / 100;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) {
    text += context.language == Language::kIndonesian ? "," : ".";
    text += std::to_string(tenths % 10);
  }
  return text + " kg";
}

// All images, the chosen variant's own one first.
std::vector<const product::Image*> gallery(const product::Product& product,
                                           const product::Variant& variant) {
  std::vector<const product::Image*> images;
  for (const product::Image& image : product.images) {
    images.push_back(&image);
  }
  if (variant.image_index && *variant.image_index >= 0 &&
      static_cast<std::size_t>(*variant.image_index) < images.size()) {
    std::rotate(images.begin(), images.begin() + *variant.image_index,
                images.begin() + *variant.image_index + 1);
  }
  images.resize(std::min(images.size(), kImagesMax));
  return images;
}

void write_gallery(Html& html, const Context& context, const product::Product& product,
                   const product::Variant& variant) {
  const auto images = gallery(product, variant);
  html.element("div",
               {{"class", images.size() > 1 ? "gallery gallery-many" : "gallery"},
                {"role", "group"},
                {"aria-label", context.say(kProductGallery)}},
               [&] {
                 for (std::size_t i = 0; i < images.size(); ++i) {
                   write_image(html, context, *images[i],
                               i == 0 ? Loading::kFirst : Loading::kLater);
                 }
               });
}

void write_availability(Html& html, const Context& context, Availability availability) {
  const auto [style, text, schema] = [&] {
    using Row = std::tuple<std::string_view, Message, std::string_view>;
    switch (availability) {
      case Availability::kInStock:
        return Row("stock stock-in", kAvailableInStock, "https://schema.org/InStock");
      case Availability::kLow:
        return Row("stock stock-low", kAvailableLow, "https://schema.org/LimitedAvailability");
      case Availability::kSoldOut:
        break;
    }
    return Row("stock stock-out", kAvailableSoldOut, "https://schema.org/OutOfStock");
  }();
  html.element("p", {{"class", style}, {"role", "status"}}, context.say(text));
  html.leaf("link", {{"itemprop", "availability"}, {"href", schema}});
}

void write_tax_note(Html& html, const Context& context) {
  const auto& taxes = context.view.snapshot().rules.taxes;
  if (taxes.empty()) {
    return;
  }
  html.element("p", {{"class", "tax-note"}},
               context.say(taxes.front().included_in_prices ? kTaxIncluded : kTaxExcluded,
                           {{"tax", taxes.front().name}}));
}

void write_offer(Html& html, const Context& context, const product::Variant& variant) {
  html.element(
      "div",
      {{"itemprop", "offers"}, {"itemscope", true}, {"itemtype", "https://schema.org/Offer"}}, [&] {
        html.leaf("meta", {{"itemprop", "price"}, {"content", decimal(variant.price)}});
        html.leaf("meta",
                  {{"itemprop", "priceCurrency"}, {"content", variant.price.currency().code()}});
        write_price(html, context, variant, false);
        write_tax_note(html, context);
        write_availability(html, context, context.view.availability(variant.id));
      });
}

// Without script the form leads to the cart page, which says what it needs.
void write_cart_form(Html& html, const Context& context, const product::Product& product,
                     const product::Variant& variant) {
  const bool is_gone = context.view.availability(variant.id) == Availability::kSoldOut;
  html.element(
      "form",
      {{"class", "add"},
       {"action", context.link("/cart")},
       {"data-add-to-cart", variant.id.str()},
       {"data-product", product.handle}},
      [&] {
        html.element("div", {{"class", "stepper"}}, [&] {
          html.element("label", {{"for", "quantity"}}, context.say(kQuantity));
          html.element("button",
                       {{"type", "button"},
                        {"data-step", "-1"},
                        {"aria-label", context.say(kQuantityLess)},
                        {"disabled", is_gone}},
                       "−");
          html.leaf("input", {{"id", "quantity"},
                              {"name", "quantity"},
                              {"type", "number"},
                              {"inputmode", "numeric"},
                              {"min", "1"},
                              {"max", std::to_string(pricing::kQuantityMax)},
                              {"value", "1"},
                              {"required", true},
                              {"disabled", is_gone}});
          html.element("button",
                       {{"type", "button"},
                        {"data-step", "1"},
                        {"aria-label", context.say(kQuantityMore)},
                        {"disabled", is_gone}},
                       "+");
        });
        html.element("button", {{"class", "button"}, {"type", "submit"}, {"disabled", is_gone}},
                     context.say(is_gone ? kSoldOutButton : kAddToCart));
        html.element("p", {{"class", "add-answer"}, {"role", "status"}, {"data-answer", true}}, "");
      });
}

void write_notes(Html& html, const Context& context) {
  const auto note = [&](Literal icon, Message text) {
    html.element("li", {}, [&] {
      html.raw(icon);
      html.element("span", {}, context.say(text));
    });
  };
  html.element("ul", {{"class", "notes"}, {"role", "list"}}, [&] {
    note(icons::kClock, kNoteHeld);
    note(icons::kSeal, kNoteSealed);
  });
}

void write_details(Html& html, const Context& context, const product::Product& product,
                   const product::Variant& variant) {
  const auto row = [&](Message name, std::string_view value) {
    html.element("div", {}, [&] {
      html.element("dt", {}, context.say(name));
      html.element("dd", {}, value);
    });
  };
  html.element("dl", {{"class", "facts"}}, [&] {
    if (!product.vendor.empty()) row(kVendor, product.vendor);
    if (const product::Category* category = context.category_of(product)) {
      row(kCategory, context.text(category->title));
    }
    if (variant.requires_shipping && variant.weight_grams > 0) {
      row(kWeight, weight(context, variant.weight_grams));
    }
    if (!variant.sku.empty()) row(kSku, variant.sku);
  });
}

void write_product(Html& html, const Context& context, const product::Product& product,
                   const product::Variant& variant) {
  html.element("article",
               {{"class", "product"},
                {"id", "product"},
                {"itemscope", true},
                {"itemtype", "https://schema.org/Product"}},
               [&] {
                 write_gallery(html, context, product, variant);
                 html.element("div", {{"class", "product-buy"}}, [&] {
                   html.element("p", {{"class", "maker"}}, [&] {
                     html.text(context.say(kProductBy));
                     html.raw(" ");
                     html.element("span", {{"itemprop", "brand"}}, product.vendor);
                   });
                   html.element("h1", {{"itemprop", "name"}}, context.text(product.title));
                   if (const product::Image* image = main_image(product)) {
                     html.leaf("link", {{"itemprop", "image"},
                                        {"href", std::string(context.public_url) +
                                                     catalog_view::image_url(*image)}});
                   }
                   write_offer(html, context, variant);
                   write_option_picker(html, context, product, variant);
                   write_cart_form(html, context, product, variant);
                   write_notes(html, context);
                 });
                 html.element("section", {{"class", "product-text"}}, [&] {
                   html.element("h2", {}, context.say(kDescription));
                   html.element("div", {{"class", "prose"}, {"itemprop", "description"}},
                                [&] { html.rich_text(context.text(product.description_html)); });
                   html.element("h2", {}, context.say(kDetails));
                   write_details(html, context, product, variant);
                 });
               });
}

void write_related(Html& html, const Context& context, const product::Product& product) {
  std::vector<const product::Product*> related;
  if (const product::Category* category = context.category_of(product)) {
    for (const product::Product* other : context.view.products_in(category)) {
      if (other != &product && related.size() < kRelatedMax) related.push_back(other);
    }
  }
  if (related.empty()) {
    return;
  }
  html.element("section", {{"class", "section"}}, [&] {
    html.element("header", {{"class", "section-head"}},
                 [&] { html.element("h2", {}, context.say(kRelated)); });
    write_product_grid(html, context, related, 0);
  });
}

PageHead product_head(const Context& context, const product::Product& product) {
  const std::string& seo_title = context.text(product.seo_title);
  const std::string& seo_text = context.text(product.seo_description);
  PageHead head{.name = "product",
                .title = seo_title.empty() ? context.text(product.title) : seo_title,
                .description = seo_text.empty() ? plain_text(context.text(product.description_html),
                                                             kDescriptionBytesMax)
                                                : seo_text,
                .open_graph_type = "product"};
  if (const product::Image* image = main_image(product)) {
    head.image = catalog_view::image_url(*image);
  }
  return head;
}

}  // namespace

std::optional<std::string> product_page(const Context& context, const std::string& handle) {
  const product::Product* product = context.view.find_product(handle);
  if (product == nullptr || product->handle != handle) {
    return std::nullopt;
  }
  const product::Variant& variant = chosen_variant(context, *product);
  return write_page(context, product_head(context, *product), [&](Html& html) {
    html.element("div", {{"class", "wrap"}}, [&] {
      std::vector<Crumb> crumbs{{std::string(context.say(kHome)), context.link("/")}};
      if (const product::Category* category = context.category_of(*product)) {
        crumbs.push_back({context.text(category->title), context.category_link(*category)});
      }
      crumbs.push_back({context.text(product->title), ""});
      write_breadcrumbs(html, context, crumbs);
      write_product(html, context, *product, variant);
      write_related(html, context, *product);
    });
  });
}

}  // namespace dermaga::storefront
