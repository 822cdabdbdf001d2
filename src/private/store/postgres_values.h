#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

struct pg_result;

namespace dermaga::store {

struct ClearResult {
  void operator()(pg_result* result) const;
};
using ResultHandle = std::unique_ptr<pg_result, ClearResult>;

// Parameters of one statement in PostgreSQL's binary form, as libpq wants them. Texts and blobs are
// referred to, not copied.
class BoundParameters {
 public:
  BoundParameters() = default;
  explicit BoundParameters(std::span<const Parameter> parameters);
  BoundParameters(const BoundParameters&) = delete;
  BoundParameters& operator=(const BoundParameters&) = delete;

  // An array of parameters[first], parameters[first + step], …; all of one kind or NULL. False, and
  // nothing is added, where all are NULL.
  bool add_array(std::span<const Parameter> parameters, std::size_t first, std::size_t step);

  void add_number(std::int64_t number);

  int count() const { return static_cast<int>(types_.size()); }
  const unsigned* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  // SQL's name of one parameter's type: "bigint", "text[]", …
  std::string_view type_name(std::size_t index) const;
  // One letter per parameter; statements are prepared per SQL text and signature.
  const std::string& signature() const { return signature_; }

 private:
  void add(unsigned type, char letter, const char* value, std::size_t length);

  std::vector<unsigned> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::deque<std::array<char, 8>> numbers_;  // values_ points into it
  std::vector<std::unique_ptr<std::string>> arrays_;
  std::string signature_;
};

// One row of a binary result.
class PostgresRow final : public Row {
 public:
  PostgresRow(const pg_result* result, int row) : result_(result), row_(row) {}
  bool is_null(int column) const override;
  std::int64_t integer(int column) const override;
  std::string_view text(int column) const override;
  std::string_view blob(int column) const override;

 private:
  const pg_result* result_;
  int row_;
};

}  // namespace dermaga::store
