#include "parameters.h"

#include <charconv>

#include "encoding/encoding.h"

namespace dermaga::store_api {
namespace {

constexpr std::size_t kCursorBytesMax = 512;

std::unexpected<Error> invalid(std::string_view name, std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, std::string(name) + " " + std::string(what));
}

// Search text is never an error: what cannot be decoded is searched for as it came.
std::string decoded_text(std::string_view raw) {
  if (auto decoded = encoding::percent_decode(raw, true)) {
    return std::move(*decoded);
  }
  return encoding::is_utf8(raw) ? std::string(raw) : std::string();
}

}  // namespace

Result<Parameters> Parameters::parse(std::string_view query) {
  if (query.size() > kQueryBytesMax) {
    return invalid("the query", "must not be longer than 4096 bytes");
  }
  Parameters parameters;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view item = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (item.empty()) {
      continue;
    }
    const std::size_t equals = item.find('=');
    const std::string_view raw =
        equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1);
    const std::string name = decoded_text(item.substr(0, equals));
    if (name == "q") {
      parameters.items_.emplace_back(name, decoded_text(raw));
      continue;
    }
    auto value = encoding::percent_decode(raw, true);
    if (!value) {
      return invalid(encoding::is_utf8(name) ? name : "a parameter", "is not properly encoded");
    }
    parameters.items_.emplace_back(name, std::move(*value));
  }
  return parameters;
}

Result<std::string> Parameters::one(std::string_view name) const {
  ASSIGN_OR_RETURN(auto values, many(name, 1));
  return values.empty() ? std::string() : std::move(values.front());
}

Result<std::vector<std::string>> Parameters::many(std::string_view name,
                                                  std::size_t count_max) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : items_) {
    if (key != name || value.empty()) {
      continue;
    }
    if (values.size() == count_max) {
      return invalid(name, count_max == 1 ? "is given twice"
                                          : "is given more often than " +
                                                std::to_string(count_max) + " times");
    }
    values.push_back(value);
  }
  return values;
}

Result<std::optional<std::int64_t>> Parameters::integer(std::string_view name, std::int64_t min,
                                                        std::int64_t max) const {
  ASSIGN_OR_RETURN(const std::string text, one(name));
  if (text.empty()) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return invalid(name,
                   "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return value;
}

Result<bool> Parameters::boolean(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::string text, one(name));
  if (!text.empty() && text != "true" && text != "false") {
    return invalid(name, "must be true or false");
  }
  return text == "true";
}

std::string make_cursor(char kind, std::string_view value) {
  return encoding::base64url(kind + std::string(value));
}

Result<std::string> open_cursor(char kind, std::string_view cursor) {
  if (cursor.size() <= kCursorBytesMax) {
    if (auto text = encoding::base64url_decode(cursor);
        text && text->size() > 1 && text->front() == kind && encoding::is_utf8(*text)) {
      return text->substr(1);
    }
  }
  return invalid("cursor", "must be the next_cursor of a list with the same parameters");
}

}  // namespace dermaga::store_api
