#include "query.h"

#include <algorithm>
#include <charconv>

#include "encoding/encoding.h"

namespace dermaga::storefront {

PageQuery PageQuery::parse(std::string_view query) {
  PageQuery parsed;
  while (!query.empty() && parsed.parameters_.size() < kParametersMax) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view raw_value = pair.substr(std::min(equals + 1, pair.size()));
    auto name = encoding::percent_decode(pair.substr(0, equals), true);
    auto value = encoding::percent_decode(raw_value, true);
    if (!name.has_value() || !value.has_value() || name->empty() || value->empty() ||
        value->size() > kValueBytesMax) {
      continue;
    }
    parsed.parameters_.emplace_back(std::move(*name), std::move(*value));
  }
  return parsed;
}

std::string_view PageQuery::first(std::string_view name) const {
  const auto found = std::ranges::find_if(
      parameters_, [name](const auto& parameter) { return parameter.first == name; });
  return found == parameters_.end() ? std::string_view() : found->second;
}

std::vector<std::string> PageQuery::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [known, value] : parameters_) {
    if (known == name) values.push_back(value);
  }
  return values;
}

bool PageQuery::has(std::string_view name, std::string_view value) const {
  return std::ranges::any_of(parameters_, [&](const auto& parameter) {
    return parameter.first == name && parameter.second == value;
  });
}

std::optional<std::int64_t> PageQuery::integer(std::string_view name, std::int64_t min,
                                               std::int64_t max) const {
  const std::string_view text = first(name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < min ||
      value > max) {
    return std::nullopt;
  }
  return value;
}

std::string PageQuery::with(std::string_view name, std::string_view value) const {
  std::string query;
  const auto append = [&query](std::string_view key, std::string_view text) {
    query += query.empty() ? '?' : '&';
    query += encoding::percent_encode(key);
    query += '=';
    query += encoding::percent_encode(text);
  };
  for (const auto& [known, text] : parameters_) {
    if (known != name) append(known, text);
  }
  if (!value.empty()) append(name, value);
  return query;
}

}  // namespace dermaga::storefront
