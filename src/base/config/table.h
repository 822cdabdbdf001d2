#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::config {

// Reads one TOML table key by key; the first wrong key ends the reading and stays in error().
// Absent keys leave the target alone. finish() refuses keys that nobody read.
class Table {
 public:
  Table(const toml::table& table, std::string name, std::string file)
      : table_(table), name_(std::move(name)), file_(std::move(file)) {}

  using Accepts = std::function<bool(std::string_view)>;

  void text(std::string_view key, std::string& target, const Accepts& accepts,
            std::string_view allowed);
  void integer(std::string_view key, std::int64_t& target, std::int64_t min, std::int64_t max);
  void boolean(std::string_view key, bool& target);
  // Distinct texts, at most items_max of them.
  void texts(std::string_view key, std::vector<std::string>& target, std::size_t items_max,
             const Accepts& accepts, std::string_view allowed);

  // The table [key], or one of the tables [[key]].
  std::optional<Table> table(std::string_view key);
  std::vector<Table> tables(std::string_view key, std::size_t items_max);

  bool has(std::string_view key) { return find(key) != nullptr; }
  std::vector<std::string> keys() const;

  // Records a refusal at a key (or at the table itself, where the key is not there).
  void refuse(std::string_view key, std::string_view what);
  Status finish();

 private:
  const toml::node* find(std::string_view key);
  std::string dotted(std::string_view key) const;

  std::reference_wrapper<const toml::table> table_;
  std::string name_;
  std::string file_;
  std::set<std::string, std::less<>> read_;
  std::optional<Error> error_;
};

}  // namespace dermaga::config
