#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "product/product.h"
#include "result/result.h"

namespace dermaga::search {

inline constexpr std::size_t kTextBytesMax = 200;    // of a query; the rest is ignored
inline constexpr std::size_t kMatchesMax = 50'000;   // best matches that are looked at
inline constexpr std::size_t kFilterValuesMax = 20;  // categories or vendors in one query

enum class Sort { kRelevance, kPriceAscending, kPriceDescending, kTitle };

struct Query {
  std::string text;                       // as typed; empty finds everything
  std::vector<std::string> categories;    // ids or handles, any of them; empty: all
  std::vector<std::string> vendors;       // any of them; empty: all
  std::optional<std::int64_t> price_min;  // minor units, inclusive; the cheapest variant counts
  std::optional<std::int64_t> price_max;
  bool in_stock_only = false;
  Sort sort = Sort::kRelevance;  // without text: handle order
  std::size_t offset = 0;
  std::size_t limit = 20;
};

struct CategoryCount {
  std::size_t category = 0;  // into Assortment::categories
  std::size_t count = 0;
};
struct VendorCount {
  std::string vendor;
  std::size_t count = 0;
};
// Products whose cheapest variant costs from <= price < to (to 0: no upper end).
struct PriceRangeCount {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::size_t count = 0;
};

struct Results {
  std::vector<std::size_t> products;      // into Assortment::products, this page only
  std::size_t total = 0;                  // all pages
  std::string corrected;                  // the text searched instead, when spelling was corrected
  std::vector<CategoryCount> categories;  // most first
  std::vector<VendorCount> vendors;       // most first, at most 50
  std::vector<PriceRangeCount> prices;    // ascending, only ranges that hold something
  std::size_t in_stock = 0;
  std::size_t sold_out = 0;
};

// The index of one assortment in one language. Immutable; search() is thread-safe (a pool of
// Xapian handles, one in use per caller). Removes its folder when destroyed.
class Index {
 public:
  struct Options {
    std::string folder;           // parent of the index's own folder; must exist, 0700
    std::string locale;           // "id" and "en" are stemmed, others matched as written
    std::string fallback_locale;  // for texts that have no such locale
  };
  static Result<std::shared_ptr<const Index>> build(
      std::shared_ptr<const product::Assortment> assortment, const Options& options);
  virtual ~Index() = default;

  // `sold_out` tells of a product index whether none of its variants can be had. An empty result
  // when the index cannot be read (its folder was removed by hand).
  virtual Results search(const Query& query,
                         const std::function<bool(std::size_t)>& sold_out) const = 0;
};

}  // namespace dermaga::search
