#include <algorithm>

#include "listing.h"

namespace dermaga::storefront {

namespace {

using enum Message;

constexpr std::size_t kVendorsMax = 15;

struct Choice {
  std::string_view type;  // "checkbox" or "radio"
  std::string_view name;
  std::string value;
  std::string label;
  std::size_t count = 0;
  bool is_counted = true;
};

void write_choice(Html& html, const Context& context, const Choice& choice) {
  const bool is_chosen = choice.value.empty() ? context.query.first(choice.name).empty()
                                              : context.query.has(choice.name, choice.value);
  html.element("label", {{"class", "choice"}}, [&] {
    html.leaf("input", {{"type", choice.type},
                        {"name", choice.name},
                        {"value", choice.value},
                        {"checked", is_chosen},
                        {"data-submits", true}});
    html.element("span", {}, choice.label);
    if (choice.is_counted) {
      html.element("span", {{"class", "choice-count"}}, std::to_string(choice.count));
    }
  });
}

void write_facet(Html& html, std::string_view title, const std::function<void()>& choices) {
  html.element("fieldset", {{"class", "facet"}}, [&] {
    html.element("legend", {}, title);
    choices();
  });
}

std::string price_label(const Context& context, const search::PriceRangeCount& range) {
  const Currency currency = context.view.snapshot().rules.currency;
  const std::string from = context.money(Money(range.from, currency));
  const std::string to = context.money(Money(range.to, currency));
  if (range.to == 0) return context.say(kFacetPriceAbove, {{"from", from}});
  if (range.from == 0) return context.say(kFacetPriceBelow, {{"to", to}});
  return context.say(kFacetPriceBetween, {{"from", from}, {"to", to}});
}

void write_category_facet(Html& html, const Context& context, const search::Results& results) {
  const auto& categories = context.view.snapshot().assortment.categories;
  write_facet(html, context.say(kFacetCategory), [&] {
    for (const search::CategoryCount& found : results.categories) {
      const product::Category& category = categories[found.category];
      write_choice(html, context,
                   {.type = "checkbox",
                    .name = "category",
                    .value = category.handle,
                    .label = context.text(category.title),
                    .count = found.count});
    }
  });
}

void write_price_facet(Html& html, const Context& context, const search::Results& results) {
  write_facet(html, context.say(kFacetPrice), [&] {
    write_choice(html, context,
                 {.type = "radio",
                  .name = "price",
                  .label = std::string(context.say(kFacetPriceAny)),
                  .is_counted = false});
    for (const search::PriceRangeCount& range : results.prices) {
      const std::string to = range.to == 0 ? std::string() : std::to_string(range.to);
      write_choice(html, context,
                   {.type = "radio",
                    .name = "price",
                    .value = std::to_string(range.from) + "-" + to,
                    .label = price_label(context, range),
                    .count = range.count});
    }
  });
}

void write_vendor_facet(Html& html, const Context& context, const search::Results& results) {
  write_facet(html, context.say(kFacetVendor), [&] {
    for (std::size_t i = 0; i < std::min(results.vendors.size(), kVendorsMax); ++i) {
      const search::VendorCount& found = results.vendors[i];
      write_choice(html, context,
                   {.type = "checkbox",
                    .name = "vendor",
                    .value = found.vendor,
                    .label = found.vendor,
                    .count = found.count});
    }
  });
}

// The address without any filter, the words that were searched kept.
std::string reset_address(const Context& context) {
  const std::string_view text = context.query.first("q");
  return context.link(context.path) + PageQuery().with("q", text);
}

}  // namespace

void write_filters(Html& html, const Context& context, const Listing& listing) {
  html.element("form", {{"id", "filter-form"}, {"action", context.link(context.path)}}, [&] {
    html.element("div", {{"id", "filters"}, {"class", "filters"}}, [&] {
      html.element("h2", {}, context.say(kFiltersOpen));
      if (!listing.query.text.empty()) {
        html.leaf("input", {{"type", "hidden"}, {"name", "q"}, {"value", listing.query.text}});
      }
      if (listing.category == nullptr && !listing.results.categories.empty()) {
        write_category_facet(html, context, listing.results);
      }
      write_facet(html, context.say(kFacetAvailability), [&] {
        write_choice(html, context,
                     {.type = "checkbox",
                      .name = "stock",
                      .value = "1",
                      .label = std::string(context.say(kFacetInStockOnly)),
                      .count = listing.results.in_stock});
      });
      if (!listing.results.prices.empty()) {
        write_price_facet(html, context, listing.results);
      }
      if (!listing.results.vendors.empty()) {
        write_vendor_facet(html, context, listing.results);
      }
      html.element("div", {{"class", "filters-actions"}}, [&] {
        html.element("button", {{"class", "button"}, {"type", "submit"}},
                     context.say(kFiltersApply));
        html.element("a", {{"class", "quiet-link"}, {"href", reset_address(context)}},
                     context.say(kFiltersReset));
        html.element("a", {{"class", "quiet-link filters-close"}, {"href", "#results"}},
                     context.say(kFiltersClose));
      });
    });
  });
}

}  // namespace dermaga::storefront
