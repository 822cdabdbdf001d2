#include "listing.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "icons.h"
#include "product_card.h"

namespace dermaga::storefront {

namespace {

using enum Message;
using search::Sort;

constexpr std::int64_t kPagesMax = search::kMatchesMax / kProductsPerPage + 1;
constexpr std::size_t kEagerImages = 4;

struct SortName {
  Sort sort;
  std::string_view name;
  Message label;
};
constexpr SortName kSorts[] = {{Sort::kRelevance, "", kSortRelevance},
                               {Sort::kPriceAscending, "price", kSortPriceUp},
                               {Sort::kPriceDescending, "-price", kSortPriceDown},
                               {Sort::kTitle, "title", kSortTitle}};

std::optional<std::int64_t> amount(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0 ||
      value > Money::kAmountMax) {
    return std::nullopt;
  }
  return value;
}

// "from-to" as PriceRangeCount has it: to is exclusive, and may be missing.
void read_price(std::string_view text, search::Query& query) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    return;
  }
  query.price_min = amount(text.substr(0, dash));
  if (const auto to = amount(text.substr(dash + 1)); to && *to > 0) {
    query.price_max = *to - 1;
  }
}

search::Query read_query(const Context& context, const product::Category* category) {
  search::Query query;
  query.text = context.query.first("q").substr(0, search::kTextBytesMax);
  query.categories = category != nullptr ? std::vector<std::string>{category->handle}
                                         : context.query.all("category");
  query.vendors = context.query.all("vendor");
  query.categories.resize(std::min(query.categories.size(), search::kFilterValuesMax));
  query.vendors.resize(std::min(query.vendors.size(), search::kFilterValuesMax));
  read_price(context.query.first("price"), query);
  query.in_stock_only = context.query.first("stock") == "1";
  for (const SortName& known : kSorts) {
    if (known.name == context.query.first("sort")) query.sort = known.sort;
  }
  query.limit = kProductsPerPage;
  return query;
}

void write_toolbar(Html& html, const Context& context, const Listing& listing) {
  html.element("div", {{"class", "toolbar"}}, [&] {
    html.element("p", {{"class", "count"}, {"role", "status"}},
                 listing.results.total == 0 ? std::string(context.say(kResultsNone))
                                            : context.product_count(listing.results.total));
    html.element("a", {{"class", "button button-quiet filters-open"}, {"href", "#filters"}}, [&] {
      html.raw(icons::kFilter);
      html.text(context.say(kFilters));
    });
    html.element("label", {{"class", "sort"}}, [&] {
      html.element("span", {}, context.say(kSort));
      html.element(
          "select", {{"name", "sort"}, {"form", "filter-form"}, {"data-submits", true}}, [&] {
            for (const SortName& known : kSorts) {
              html.element("option",
                           {{"value", known.name}, {"selected", known.sort == listing.query.sort}},
                           context.say(known.label));
            }
          });
    });
    html.element("noscript", {}, [&] {
      html.element("button",
                   {{"class", "button button-quiet"}, {"type", "submit"}, {"form", "filter-form"}},
                   context.say(kFiltersApply));
    });
  });
}

void write_pages(Html& html, const Context& context, const Listing& listing) {
  if (listing.pages <= 1) {
    return;
  }
  const auto link = [&](std::size_t page, std::string_view text, std::string_view relation) {
    html.element("a",
                 {{"class", "button button-quiet"},
                  {"rel", relation},
                  {"href", listing_page_address(context, page)}},
                 text);
  };
  html.element("nav", {{"class", "pages"}, {"aria-label", context.say(kPages)}}, [&] {
    if (listing.page > 1) {
      link(listing.page - 1, context.say(kPagePrevious), "prev");
    }
    html.element("span", {},
                 context.say(kPageOf, {{"page", std::to_string(listing.page)},
                                       {"pages", std::to_string(listing.pages)}}));
    if (listing.page < listing.pages) {
      link(listing.page + 1, context.say(kPageNext), "next");
    }
  });
}

void write_nothing_found(Html& html, const Context& context) {
  html.element("div", {{"class", "empty"}}, [&] {
    html.raw(icons::kPier);
    html.element("h2", {}, context.say(kNothingFoundTitle));
    html.element("p", {}, context.say(kNothingFoundText));
    html.element("a", {{"class", "button"}, {"href", context.link("/search")}},
                 context.say(kNothingFoundAction));
  });
}

}  // namespace

Listing find_listing(const Context& context, const product::Category* category) {
  Listing listing{.query = read_query(context, category), .category = category};
  const auto asked = context.query.integer("page", 1, kPagesMax).value_or(1);
  listing.page = static_cast<std::size_t>(asked);
  listing.query.offset = (listing.page - 1) * kProductsPerPage;
  listing.results = context.view.search(context.locale, listing.query);
  const std::size_t reachable = std::min(listing.results.total, search::kMatchesMax);
  listing.pages = std::max<std::size_t>(1, (reachable + kProductsPerPage - 1) / kProductsPerPage);
  if (listing.page > listing.pages) {
    listing.page = listing.pages;
    listing.query.offset = (listing.page - 1) * kProductsPerPage;
    listing.results = context.view.search(context.locale, listing.query);
  }
  return listing;
}

void write_listing(Html& html, const Context& context, const Listing& listing) {
  std::vector<const product::Product*> products;
  for (const std::size_t index : listing.results.products) {
    products.push_back(&context.view.snapshot().assortment.products[index]);
  }
  html.element("div", {{"class", "listing"}}, [&] {
    write_filters(html, context, listing);
    html.element("section",
                 {{"id", "results"},
                  {"class", "results"},
                  {"tabindex", "-1"},
                  {"aria-label", context.say(kResultsLabel)}},
                 [&] {
                   write_toolbar(html, context, listing);
                   if (products.empty()) {
                     write_nothing_found(html, context);
                   } else {
                     write_product_grid(html, context, products, kEagerImages);
                     write_pages(html, context, listing);
                   }
                 });
  });
}

std::string listing_page_address(const Context& context, std::size_t page) {
  return context.link(context.path) +
         context.query.with("page", page > 1 ? std::to_string(page) : std::string());
}

}  // namespace dermaga::storefront
