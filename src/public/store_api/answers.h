#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog_view/view.h"
#include "contract/order.h"
#include "pricing/pricing.h"
#include "search/search.h"

namespace dermaga::store_api {

// The JSON bodies of the store API, field by field as api/store.openapi.yaml describes them.

// `next_cursor` empty: null.
std::string write_product_list(const catalog_view::View& view,
                               const std::vector<const product::Product*>& products,
                               const std::string& locale, std::string_view next_cursor);

std::string write_search(const catalog_view::View& view, const search::Results& results,
                         const std::string& locale, std::string_view next_cursor);

struct QuoteAnswer {
  std::string id;  // the token
  pricing::Quote quote;
  std::vector<pricing::ShippingOffer> offers;
  UtcTime expires_at;
};
std::string write_quote(const catalog_view::View& view, const QuoteAnswer& answer,
                        const std::string& locale);

// `access_token` empty: without that member.
std::string write_order(const contract::OrderView& order, std::string_view access_token);

// ",\"lines\":[…]" for the out_of_stock problem.
std::string short_lines_members(const std::vector<contract::ShortLine>& lines);
// ",\"quote\":{…}" for the price_changed problem.
std::string quote_members(const pricing::Quote& quote);

}  // namespace dermaga::store_api
