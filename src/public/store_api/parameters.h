#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "result/result.h"

namespace dermaga::store_api {

// The decoded query of one request. Parameters nobody asks for are ignored, so that links with
// tracking parameters work. Errors are kInvalidArgument and name the parameter.
class Parameters {
 public:
  static constexpr std::size_t kQueryBytesMax = 4096;

  static Result<Parameters> parse(std::string_view query);

  // Empty when absent; refused when given twice.
  Result<std::string> one(std::string_view name) const;
  // In the order sent, empty values left out.
  Result<std::vector<std::string>> many(std::string_view name, std::size_t count_max) const;
  Result<std::optional<std::int64_t>> integer(std::string_view name, std::int64_t min,
                                              std::int64_t max) const;
  Result<bool> boolean(std::string_view name) const;  // "true", "false"; absent: false

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

// Places in lists, opaque to callers: "p" + handle of the last product, "s" + offset.
std::string make_cursor(char kind, std::string_view value);
Result<std::string> open_cursor(char kind, std::string_view cursor);

}  // namespace dermaga::store_api
