#include "table.h"

#include <algorithm>

namespace dermaga::config {

std::string Table::dotted(std::string_view key) const {
  return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

const toml::node* Table::find(std::string_view key) {
  read_.emplace(key);
  return table_.get().get(key);
}

void Table::refuse(std::string_view key, std::string_view what) {
  if (error_) {
    return;
  }
  const toml::node* node = table_.get().get(key);
  const auto line = (node != nullptr ? node->source() : table_.get().source()).begin.line;
  error_ = Error(ErrorCode::kInvalidArgument, file_ + ":" + std::to_string(line > 0 ? line : 1) +
                                                  ": " + dotted(key) + " " + std::string(what));
}

void Table::text(std::string_view key, std::string& target, const Accepts& accepts,
                 std::string_view allowed) {
  const toml::node* node = find(key);
  if (node == nullptr) {
    return;
  }
  const auto value = node->value_exact<std::string>();
  if (!value || !accepts(*value)) {
    refuse(key, "must be " + std::string(allowed));
    return;
  }
  target = *value;
}

void Table::integer(std::string_view key, std::int64_t& target, std::int64_t min,
                    std::int64_t max) {
  const toml::node* node = find(key);
  if (node == nullptr) {
    return;
  }
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < min || *value > max) {
    refuse(key,
           "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return;
  }
  target = *value;
}

void Table::boolean(std::string_view key, bool& target) {
  const toml::node* node = find(key);
  if (node == nullptr) {
    return;
  }
  const auto value = node->value_exact<bool>();
  if (!value) {
    refuse(key, "must be true or false");
    return;
  }
  target = *value;
}

void Table::texts(std::string_view key, std::vector<std::string>& target, std::size_t items_max,
                  const Accepts& accepts, std::string_view allowed) {
  const toml::node* node = find(key);
  if (node == nullptr) {
    return;
  }
  const toml::array* array = node->as_array();
  if (array == nullptr || array->size() > items_max) {
    refuse(key, "must be a list of at most " + std::to_string(items_max) + " texts");
    return;
  }
  target.clear();
  for (const toml::node& item : *array) {
    const auto value = item.value_exact<std::string>();
    if (!value || !accepts(*value)) {
      refuse(key, "must be a list of " + std::string(allowed));
      return;
    }
    if (std::ranges::find(target, *value) != target.end()) {
      refuse(key, "names \"" + *value + "\" twice");
      return;
    }
    target.push_back(*value);
  }
}

std::optional<Table> Table::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) {
    return std::nullopt;
  }
  if (!node->is_table()) {
    refuse(key, "must be a table");
    return std::nullopt;
  }
  return Table(*node->as_table(), dotted(key), file_);
}

std::vector<Table> Table::tables(std::string_view key, std::size_t items_max) {
  std::vector<Table> out;
  const toml::node* node = find(key);
  if (node == nullptr) {
    return out;
  }
  const toml::array* array = node->as_array();
  if (array == nullptr || array->size() > items_max) {
    refuse(key, "must be at most " + std::to_string(items_max) + " tables, each headed [[" +
                    dotted(key) + "]]");
    return out;
  }
  for (const toml::node& item : *array) {
    if (!item.is_table()) {
      refuse(key, "must be tables, each headed [[" + dotted(key) + "]]");
      return {};
    }
    out.emplace_back(*item.as_table(), dotted(key), file_);
  }
  return out;
}

std::vector<std::string> Table::keys() const {
  std::vector<std::string> out;
  for (const auto& [key, node] : table_.get()) {
    out.emplace_back(key.str());
  }
  return out;
}

Status Table::finish() {
  for (const std::string& key : keys()) {
    if (!read_.contains(key)) {
      std::string known;
      for (const std::string& name : read_) {
        known += (known.empty() ? "" : ", ") + name;
      }
      refuse(key, "is not a setting; known here: " + known);
    }
  }
  if (error_) {
    return std::unexpected(*error_);
  }
  return {};
}

}  // namespace dermaga::config
