#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "product/product.h"
#include "search/search.h"

namespace dermaga::search {

// Per product, what filters, facets and orders need. Immutable.
struct Columns {
  struct Row {
    std::int64_t price_min = 0;  // of the cheapest variant
    int category = -1;           // into Assortment::categories
    int vendor = -1;             // into vendors
    std::size_t title_rank = 0;  // place in title order
  };
  std::vector<Row> rows;
  std::vector<std::string> vendors;
  std::vector<std::int64_t> price_bounds;  // upper ends of the ranges, ascending

  static Columns of(const product::Assortment& assortment, const std::string& locale,
                    const std::string& fallback_locale);
};

// Filters, counts, sorts and cuts out the page. `matches` are products, the best first.
void fill_results(const product::Assortment& assortment, const Columns& columns, const Query& query,
                  std::vector<std::size_t> matches,
                  const std::function<bool(std::size_t)>& sold_out, Results& results);

}  // namespace dermaga::search
