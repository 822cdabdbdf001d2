#pragma once

#include <span>
#include <string_view>

namespace dermaga::storefront {

struct Region {
  std::string_view code;  // ISO 3166-2
  std::string_view name;  // as its people write it
};

// The 38 provinces of Indonesia, by name.
std::span<const Region> indonesian_provinces();

struct Country {
  std::string_view code;  // ISO 3166-1 alpha-2
  std::string_view indonesian;
  std::string_view english;
};

// Countries that a checkout can offer where the shop ships anywhere, Indonesia first.
std::span<const Country> offered_countries();

}  // namespace dermaga::storefront
