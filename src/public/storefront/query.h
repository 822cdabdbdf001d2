#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dermaga::storefront {

// The parameters of a page address, decoded. Odd ones (broken escapes, too long, too many) are
// left out: a page address is typed and shared by people, so it never fails as a whole.
class PageQuery {
 public:
  static constexpr std::size_t kParametersMax = 64;
  static constexpr std::size_t kValueBytesMax = 200;

  static PageQuery parse(std::string_view query);

  std::string_view first(std::string_view name) const;  // empty when absent
  std::vector<std::string> all(std::string_view name) const;
  bool has(std::string_view name, std::string_view value) const;
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min,
                                      std::int64_t max) const;

  // The same query with this parameter replaced (removed when `value` is empty), "?…" or "".
  std::string with(std::string_view name, std::string_view value) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace dermaga::storefront
