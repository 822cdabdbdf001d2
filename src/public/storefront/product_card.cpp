#include "product_card.h"

#include <algorithm>

namespace dermaga::storefront {

namespace {

using enum Message;
using contract::Availability;

constexpr int kImageSizeUnknown_px = 800;

void write_badge(Html& html, const Context& context, const product::Product& product,
                 const product::Variant& variant) {
  const Availability availability = context.view.availability(product);
  if (availability == Availability::kSoldOut) {
    html.element("span", {{"class", "badge badge-out"}}, context.say(kStateSoldOut));
  } else if (const int percent = percent_off(variant); percent > 0) {
    html.element("span", {{"class", "badge badge-offer"}},
                 context.say(kPriceOff, {{"percent", std::to_string(percent)}}));
  } else if (availability == Availability::kLow) {
    html.element("span", {{"class", "badge badge-low"}}, context.say(kStateLow));
  }
}

void write_card(Html& html, const Context& context, const product::Product& product,
                Loading loading) {
  const product::Variant& variant = leading_variant(context, product);
  const bool has_range = std::ranges::any_of(product.variants, [&](const product::Variant& other) {
    return other.price != variant.price;
  });
  html.element("li", {{"class", "card"}}, [&] {
    html.element("div", {{"class", "card-image"}}, [&] {
      if (const product::Image* image = main_image(product)) {
        write_image(html, context, *image, loading);
      }
      write_badge(html, context, product, variant);
    });
    html.element("div", {{"class", "card-text"}}, [&] {
      html.element("p", {{"class", "card-maker"}}, product.vendor);
      html.element("h3", {}, [&] {
        html.element("a", {{"href", context.product_link(product)}}, context.text(product.title));
      });
      write_price(html, context, variant, has_range);
    });
  });
}

}  // namespace

void write_image(Html& html, const Context& context, const product::Image& image, Loading loading) {
  const std::string address = catalog_view::image_url(image);
  if (!address.starts_with('/') && !address.starts_with("https://")) {
    return;
  }
  const bool is_sized = image.width_px > 0 && image.height_px > 0;
  const int width = is_sized ? image.width_px : kImageSizeUnknown_px;
  const int height = is_sized ? image.height_px : kImageSizeUnknown_px;
  html.leaf("img", {{"src", address},
                    {"alt", context.text(image.alt)},
                    {"width", std::to_string(width)},
                    {"height", std::to_string(height)},
                    {"decoding", "async"},
                    {"loading", loading == Loading::kFirst ? "eager" : "lazy"}});
}

const product::Image* main_image(const product::Product& product) {
  return product.images.empty() ? nullptr : &product.images.front();
}

const product::Variant& leading_variant(const Context& context, const product::Product& product) {
  const auto rank = [&](const product::Variant& variant) {
    const bool is_gone = context.view.availability(variant.id) == Availability::kSoldOut;
    return std::pair(is_gone, variant.price.amount());
  };
  return *std::ranges::min_element(product.variants, {}, rank);
}

int percent_off(const product::Variant& variant) {
  if (!variant.compare_at_price || variant.compare_at_price->amount() <= variant.price.amount() ||
      variant.compare_at_price->currency() != variant.price.currency()) {
    return 0;
  }
  const std::int64_t before = variant.compare_at_price->amount();
  return static_cast<int>((before - variant.price.amount()) * 100 / before);
}

void write_price(Html& html, const Context& context, const product::Variant& variant,
                 bool is_lowest_of_many) {
  const std::string price = context.money(variant.price);
  html.element("p", {{"class", "price"}}, [&] {
    const bool is_reduced = percent_off(variant) > 0;
    if (is_reduced) {
      html.element("span", {{"class", "visually-hidden"}}, context.say(kPriceNow));
      html.raw(" ");
    }
    html.element("strong", {},
                 is_lowest_of_many ? context.say(kPriceFrom, {{"price", price}}) : price);
    if (is_reduced) {
      html.raw(" ");
      html.element("span", {{"class", "visually-hidden"}}, context.say(kPriceWas));
      html.raw(" ");
      html.element("s", {}, context.money(*variant.compare_at_price));
    }
  });
}

void write_product_grid(Html& html, const Context& context,
                        const std::vector<const product::Product*>& products, std::size_t eager) {
  html.element("ul", {{"class", "grid"}, {"role", "list"}}, [&] {
    for (std::size_t i = 0; i < products.size(); ++i) {
      write_card(html, context, *products[i], i < eager ? Loading::kFirst : Loading::kLater);
    }
  });
}

}  // namespace dermaga::storefront
