#include "facets.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "money/money.h"

namespace dermaga::search {
namespace {

constexpr std::size_t kVendorCountsMax = 50;
constexpr std::size_t kPriceRanges = 5;

// Case-insensitive for ASCII, bytes otherwise: good enough for titles in id and en, and stable.
std::string folded(const std::string& text) {
  std::string out = text;
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return out;
}

// 1, 2 or 5 times a power of ten, at least `value`.
std::int64_t round_up(std::int64_t value) {
  std::int64_t power = 1;
  while (power < Money::kAmountMax) {
    for (const std::int64_t step : {1, 2, 5}) {
      if (step * power >= value) {
        return step * power;
      }
    }
    power *= 10;
  }
  return power;
}

// Round bounds near the quantiles of the prices, so that every range holds a fair share.
std::vector<std::int64_t> price_bounds_of(const std::vector<Columns::Row>& rows) {
  std::vector<std::int64_t> prices;
  prices.reserve(rows.size());
  for (const Columns::Row& row : rows) {
    prices.push_back(row.price_min);
  }
  std::sort(prices.begin(), prices.end());
  std::vector<std::int64_t> bounds;
  for (std::size_t i = 1; i < kPriceRanges && !prices.empty(); ++i) {
    const std::int64_t bound = round_up(prices[i * prices.size() / kPriceRanges]);
    if (bound > 0 && (bounds.empty() || bound > bounds.back()) && bound <= prices.back()) {
      bounds.push_back(bound);
    }
  }
  return bounds;
}

std::size_t range_of(const Columns& columns, std::int64_t price) {
  const auto& bounds = columns.price_bounds;
  return static_cast<std::size_t>(std::upper_bound(bounds.begin(), bounds.end(), price) -
                                  bounds.begin());
}

// Which of a query's filters a product passes.
struct Passes {
  bool category = true;
  bool vendor = true;
  bool price = true;
  bool stock = true;
  bool all() const { return category && vendor && price && stock; }
};

class Filter {
 public:
  Filter(const product::Assortment& assortment, const Columns& columns, const Query& query)
      : columns_(columns), query_(query) {
    const std::unordered_set<std::string> wanted(query.categories.begin(), query.categories.end());
    for (std::size_t i = 0; !wanted.empty() && i < assortment.categories.size(); ++i) {
      const product::Category& category = assortment.categories[i];
      if (wanted.contains(category.id.str()) || wanted.contains(category.handle)) {
        categories_.insert(static_cast<int>(i));
      }
    }
    const std::unordered_set<std::string> vendors(query.vendors.begin(), query.vendors.end());
    for (std::size_t i = 0; !vendors.empty() && i < columns.vendors.size(); ++i) {
      if (vendors.contains(columns.vendors[i])) {
        vendors_.insert(static_cast<int>(i));
      }
    }
  }

  Passes of(std::size_t product, bool sold_out) const {
    const Columns::Row& row = columns_.rows[product];
    return {.category = query_.categories.empty() || categories_.contains(row.category),
            .vendor = query_.vendors.empty() || vendors_.contains(row.vendor),
            .price = row.price_min >= query_.price_min.value_or(0) &&
                     row.price_min <= query_.price_max.value_or(Money::kAmountMax),
            .stock = !query_.in_stock_only || !sold_out};
  }

 private:
  const Columns& columns_;
  const Query& query_;
  std::unordered_set<int> categories_;
  std::unordered_set<int> vendors_;
};

// Facet counts by index; each counts what passes every filter but its own.
struct Counts {
  std::vector<std::size_t> categories, vendors, prices;

  void add(const Columns& columns, const Columns::Row& row, const Passes& passes) {
    if (row.category >= 0 && passes.vendor && passes.price && passes.stock) {
      ++categories[static_cast<std::size_t>(row.category)];
    }
    if (row.vendor >= 0 && passes.category && passes.price && passes.stock) {
      ++vendors[static_cast<std::size_t>(row.vendor)];
    }
    if (passes.category && passes.vendor && passes.stock) {
      ++prices[range_of(columns, row.price_min)];
    }
  }
};

// Indices of what was counted at all, most first, ties by index. (std::stable_sort of libstdc++ 12
// does not compile without a deprecation warning here.)
std::vector<std::size_t> most_first(const std::vector<std::size_t>& counts) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) {
      order.push_back(i);
    }
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
  });
  return order;
}

void write_counts(const Columns& columns, const Counts& counts, Results& results) {
  for (const std::size_t i : most_first(counts.categories)) {
    results.categories.push_back({i, counts.categories[i]});
  }
  for (const std::size_t i : most_first(counts.vendors)) {
    if (results.vendors.size() < kVendorCountsMax) {
      results.vendors.push_back({columns.vendors[i], counts.vendors[i]});
    }
  }
  const auto& bounds = columns.price_bounds;
  for (std::size_t i = 0; i < counts.prices.size(); ++i) {
    if (counts.prices[i] > 0) {
      results.prices.push_back(
          {i == 0 ? 0 : bounds[i - 1], i < bounds.size() ? bounds[i] : 0, counts.prices[i]});
    }
  }
}

// Keeps the order of equals: by relevance.
void sort_matches(const Columns& columns, Sort sort, std::vector<std::size_t>& matches) {
  if (sort == Sort::kRelevance) {
    return;
  }
  struct Keyed {
    std::int64_t key;
    std::size_t place;
    std::size_t product;
    auto operator<=>(const Keyed&) const = default;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(matches.size());
  for (const std::size_t product : matches) {
    const Columns::Row& row = columns.rows[product];
    const std::int64_t key = sort == Sort::kPriceAscending ? row.price_min
                             : sort == Sort::kPriceDescending
                                 ? -row.price_min
                                 : static_cast<std::int64_t>(row.title_rank);
    keyed.push_back({key, keyed.size(), product});
  }
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    matches[i] = keyed[i].product;
  }
}

}  // namespace

Columns Columns::of(const product::Assortment& assortment, const std::string& locale,
                    const std::string& fallback_locale) {
  Columns columns;
  std::unordered_map<std::string, int> categories;
  for (std::size_t i = 0; i < assortment.categories.size(); ++i) {
    categories.emplace(assortment.categories[i].id.str(), static_cast<int>(i));
  }
  std::unordered_map<std::string, int> vendors;
  std::vector<std::string> titles;
  for (const product::Product& product : assortment.products) {
    Row row;
    if (!product.variants.empty()) {
      row.price_min = std::min_element(product.variants.begin(), product.variants.end(),
                                       [](const auto& a, const auto& b) {
                                         return a.price.amount() < b.price.amount();
                                       })
                          ->price.amount();
    }
    if (product.category) {
      const auto found = categories.find(product.category->str());
      row.category = found == categories.end() ? -1 : found->second;
    }
    if (!product.vendor.empty()) {
      const auto [entry, added] =
          vendors.emplace(product.vendor, static_cast<int>(columns.vendors.size()));
      if (added) {
        columns.vendors.push_back(product.vendor);
      }
      row.vendor = entry->second;
    }
    columns.rows.push_back(row);
    titles.push_back(folded(product::text_in(product.title, locale, fallback_locale)));
  }
  std::vector<std::size_t> order(titles.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return titles[a] != titles[b] ? titles[a] < titles[b] : a < b;
  });
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    columns.rows[order[rank]].title_rank = rank;
  }
  columns.price_bounds = price_bounds_of(columns.rows);
  return columns;
}

void fill_results(const product::Assortment& assortment, const Columns& columns, const Query& query,
                  std::vector<std::size_t> matches,
                  const std::function<bool(std::size_t)>& sold_out, Results& results) {
  const Filter filter(assortment, columns, query);
  Counts counts{std::vector<std::size_t>(assortment.categories.size()),
                std::vector<std::size_t>(columns.vendors.size()),
                std::vector<std::size_t>(columns.price_bounds.size() + 1)};
  std::vector<std::size_t> kept;
  for (const std::size_t product : matches) {
    const bool gone = sold_out(product);
    const Passes passes = filter.of(product, gone);
    counts.add(columns, columns.rows[product], passes);
    if (passes.category && passes.vendor && passes.price) {
      ++(gone ? results.sold_out : results.in_stock);
    }
    if (passes.all()) {
      kept.push_back(product);
    }
  }
  write_counts(columns, counts, results);
  sort_matches(columns, query.sort, kept);
  results.total = kept.size();
  const std::size_t first = std::min(query.offset, kept.size());
  const std::size_t last = first + std::min(query.limit, kept.size() - first);
  results.products.assign(kept.begin() + static_cast<std::ptrdiff_t>(first),
                          kept.begin() + static_cast<std::ptrdiff_t>(last));
}

}  // namespace dermaga::search
