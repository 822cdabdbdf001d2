#pragma once

#include <optional>
#include <string>

#include "context.h"
#include "html.h"
#include "search/search.h"

namespace dermaga::storefront {

inline constexpr std::size_t kProductsPerPage = 24;

// What the address asks of a listing, and what was found.
struct Listing {
  search::Query query;
  search::Results results;
  std::size_t page = 1;
  std::size_t pages = 1;
  const product::Category* category = nullptr;  // the one whose page this is
};

// Reads q, category, vendor, price ("100000-250000", "500000-"), stock and sort from the address;
// a page behind the last one becomes the last one.
Listing find_listing(const Context& context, const product::Category* category);

// Filters, toolbar, cards and page links.
void write_listing(Html& html, const Context& context, const Listing& listing);

void write_filters(Html& html, const Context& context, const Listing& listing);

// The address of one page of the listing.
std::string listing_page_address(const Context& context, std::size_t page);

}  // namespace dermaga::storefront
