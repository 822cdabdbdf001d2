#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dermaga::catalog_view {

// One item of an Accept-… header: "br;q=0.8".
struct Weighted {
  std::string name;        // lower case
  int thousandths = 1000;  // the weight; 0 refuses
};

// Items in the order sent; unreadable ones are left out, a header above 512 bytes is as good as
// none.
std::vector<Weighted> parse_weighted(std::string_view header);

}  // namespace dermaga::catalog_view
