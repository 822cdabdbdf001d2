#include "layout.h"
#include "listing.h"
#include "pages.h"
#include "product_card.h"

namespace dermaga::storefront {

namespace {

using enum Message;

// Pages beyond the first are pages of their own; filtered ones are not.
std::string canonical_query(const Listing& listing) {
  return listing.page > 1 ? "?page=" + std::to_string(listing.page) : std::string();
}

std::string numbered(const Context& context, std::string_view title, const Listing& listing) {
  std::string text(title);
  if (listing.page > 1) {
    text += " · " + context.say(kPageNumber, {{"page", std::to_string(listing.page)}});
  }
  return text;
}

}  // namespace

std::optional<std::string> category_page(const Context& context, const std::string& handle) {
  const product::Category* category = context.view.find_category(handle);
  if (category == nullptr || category->handle != handle) {
    return std::nullopt;
  }
  const Listing listing = find_listing(context, category);
  const auto& products = context.view.products_in(category);
  const std::string& title = context.text(category->title);
  PageHead head{
      .name = "category",
      .title = numbered(context, title, listing),
      .description = context.say(kCategoryDescription, {{"count", std::to_string(products.size())},
                                                        {"category", title},
                                                        {"shop", context.shop_name()}}),
      .canonical_query = canonical_query(listing)};
  if (!products.empty() && main_image(*products.front()) != nullptr) {
    head.image = catalog_view::image_url(*main_image(*products.front()));
  }
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap"}}, [&] {
      write_breadcrumbs(html, context,
                        {{std::string(context.say(kHome)), context.link("/")}, {title, ""}});
      html.element("h1", {{"class", "page-title"}}, title);
      write_listing(html, context, listing);
    });
  });
}

std::string search_page(const Context& context) {
  const Listing listing = find_listing(context, nullptr);
  const std::string& text = listing.query.text;
  const std::string title = text.empty() ? std::string(context.say(kSearchTitle))
                                         : context.say(kSearchTitleFor, {{"text", text}});
  const PageHead head{
      .name = "search",
      .title = numbered(context, title, listing),
      .description = context.say(kSearchDescription, {{"shop", context.shop_name()}}),
      .canonical_query = canonical_query(listing),
      .is_indexable = text.empty()};
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap"}}, [&] {
      write_breadcrumbs(html, context,
                        {{std::string(context.say(kHome)), context.link("/")}, {title, ""}});
      html.element("h1", {{"class", "page-title"}}, title);
      if (!listing.results.corrected.empty()) {
        html.element("p", {{"class", "callout"}},
                     context.say(kSearchCorrected,
                                 {{"text", text}, {"corrected", listing.results.corrected}}));
      }
      write_listing(html, context, listing);
    });
  });
}

}  // namespace dermaga::storefront
