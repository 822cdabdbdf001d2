#include <algorithm>
#include <vector>

#include "hero_art.h"
#include "icons.h"
#include "layout.h"
#include "pages.h"
#include "product_card.h"

namespace dermaga::storefront {

namespace {

using enum Message;
using Products = std::vector<const product::Product*>;

constexpr std::size_t kFeaturedMax = 8;
constexpr std::size_t kOffersMax = 4;
constexpr std::size_t kTilesMax = 12;

bool can_be_had(const Context& context, const product::Product& product) {
  return context.view.availability(product) != contract::Availability::kSoldOut;
}

// Products with a lower price than before, the largest reduction first.
Products offers(const Context& context) {
  Products found;
  for (const product::Product* product : context.view.products_in(nullptr)) {
    if (percent_off(leading_variant(context, *product)) > 0 && can_be_had(context, *product)) {
      found.push_back(product);
    }
  }
  std::ranges::sort(found, {}, [&](const product::Product* product) {
    return std::pair(-percent_off(leading_variant(context, *product)),
                     std::string_view(product->handle));
  });
  found.resize(std::min(found.size(), kOffersMax));
  return found;
}

// One of every category in turn, the dearest first: a walk along the whole pier.
Products featured(const Context& context, const Products& shown_already) {
  std::vector<Products> shelves;
  for (const product::Category& category : context.view.snapshot().assortment.categories) {
    Products shelf;
    for (const product::Product* product : context.view.products_in(&category)) {
      if (can_be_had(context, *product) &&
          std::ranges::find(shown_already, product) == shown_already.end()) {
        shelf.push_back(product);
      }
    }
    std::ranges::sort(shelf, {}, [&](const product::Product* product) {
      return std::pair(-leading_variant(context, *product).price.amount(),
                       std::string_view(product->handle));
    });
    shelves.push_back(std::move(shelf));
  }
  Products found;
  for (std::size_t row = 0; row < kFeaturedMax && found.size() < kFeaturedMax; ++row) {
    for (const Products& shelf : shelves) {
      if (row < shelf.size() && found.size() < kFeaturedMax) found.push_back(shelf[row]);
    }
  }
  return found;
}

void write_hero(Html& html, const Context& context) {
  html.element("section", {{"class", "hero"}}, [&] {
    html.raw(kHeroArt);
    html.element("div", {{"class", "wrap hero-text"}}, [&] {
      html.element("h1", {}, context.say(kHeroTitle));
      html.element("p", {}, context.say(kHeroText));
      html.element("div", {{"class", "hero-actions"}}, [&] {
        html.element("a", {{"class", "button"}, {"href", context.link("/search")}},
                     context.say(kHeroAction));
        html.element("a", {{"class", "button button-quiet"}, {"href", "#categories"}},
                     context.say(kHeroSecondary));
      });
    });
  });
}

void write_promises(Html& html, const Context& context) {
  const auto promise = [&](Literal icon, Message title, Message text) {
    html.element("li", {}, [&] {
      html.raw(icon);
      html.element("div", {}, [&] {
        html.element("strong", {}, context.say(title));
        html.element("p", {}, context.say(text));
      });
    });
  };
  html.element("ul", {{"class", "wrap promises"}, {"role", "list"}}, [&] {
    promise(icons::kHands, kPromiseMakersTitle, kPromiseMakersText);
    promise(icons::kClock, kPromiseHeldTitle, kPromiseHeldText);
    promise(icons::kSeal, kPromiseSealedTitle, kPromiseSealedText);
  });
}

void write_section_head(Html& html, std::string_view title, std::string_view text) {
  html.element("header", {{"class", "section-head"}}, [&] {
    html.element("h2", {}, title);
    html.element("p", {}, text);
  });
}

void write_tiles(Html& html, const Context& context) {
  const auto& categories = context.view.snapshot().assortment.categories;
  html.element("section", {{"class", "wrap section"}, {"id", "categories"}}, [&] {
    write_section_head(html, context.say(kHomeCategoriesTitle), context.say(kHomeCategoriesText));
    html.element("ul", {{"class", "tiles"}, {"role", "list"}}, [&] {
      for (std::size_t i = 0; i < std::min(categories.size(), kTilesMax); ++i) {
        const Products& products = context.view.products_in(&categories[i]);
        html.element("li", {{"class", "tile"}}, [&] {
          if (!products.empty() && main_image(*products.front()) != nullptr) {
            product::Image picture = *main_image(*products.front());
            picture.alt.clear();  // the name beside it says the same
            write_image(html, context, picture, Loading::kLater);
          }
          html.element("a", {{"href", context.category_link(categories[i])}},
                       context.text(categories[i].title));
          html.element("span", {{"class", "tile-count"}}, context.product_count(products.size()));
        });
      }
    });
  });
}

void write_shelf(Html& html, const Context& context, const Products& products, Message title,
                 Message text) {
  if (products.empty()) {
    return;
  }
  html.element("section", {{"class", "wrap section"}}, [&] {
    write_section_head(html, context.say(title), context.say(text));
    write_product_grid(html, context, products, 0);
  });
}

}  // namespace

std::string home_page(const Context& context) {
  const Products reduced = offers(context);
  const PageHead head{
      .name = "home",
      .title = context.shop_name() + " · " + std::string(context.say(kHeroTitle)),
      .description = context.say(kHomeDescription, {{"shop", context.shop_name()}})};
  return write_page(context, head, [&](Html& html) {
    write_hero(html, context);
    write_promises(html, context);
    write_tiles(html, context);
    write_shelf(html, context, featured(context, reduced), kHomeFeaturedTitle, kHomeFeaturedText);
    write_shelf(html, context, reduced, kHomeOfferTitle, kHomeOfferText);
  });
}

}  // namespace dermaga::storefront
