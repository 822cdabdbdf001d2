#include "postgres_values.h"

#include <libpq-fe.h>

#include <limits>
#include <variant>

namespace dermaga::store {
namespace {

// Object ids of built-in types, which never change (pg_type.dat).
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kName = 19;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kVarchar = 1043;
constexpr Oid kNumeric = 1700;

struct Kind {
  Oid type;
  Oid array_type;
  char letter;  // capital for the array
  std::string_view name;
  std::string_view array_name;
};
// By Parameter's alternatives; the type of a lone NULL is left to the server.
constexpr Kind kKinds[] = {{0, 0, 'n', "", ""},
                           {kInt8, 1016, 'i', "bigint", "bigint[]"},
                           {kText, 1009, 't', "text", "text[]"},
                           {kBytea, 1001, 'b', "bytea", "bytea[]"}};
static_assert(std::size(kKinds) == std::variant_size_v<Parameter>);

constexpr char kUpper = 'A' - 'a';
constexpr int kNumericDigit = 10'000;

template <typename Integer>
void put(char* to, Integer value) {
  using Unsigned = std::make_unsigned_t<Integer>;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    to[i] = static_cast<char>(static_cast<Unsigned>(value) >> (8 * (sizeof(Integer) - 1 - i)));
  }
}

template <typename Integer>
void append(std::string& to, Integer value) {
  char bytes[sizeof(Integer)];
  put(bytes, value);
  to.append(bytes, sizeof bytes);
}

template <typename Integer>
Integer get(const char* from) {
  using Unsigned = std::make_unsigned_t<Integer>;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value = value << 8 | static_cast<unsigned char>(from[i]);
  }
  return static_cast<Integer>(static_cast<Unsigned>(value));
}

// The integral part of a numeric: 16-bit count, weight, sign and scale, then digits of base 10,000.
std::int64_t integral_part(std::string_view bytes) {
  constexpr std::size_t kHeader = 8;
  constexpr std::uint16_t kNegative = 0x4000;
  CHECK(bytes.size() >= kHeader);
  const auto count = get<std::int16_t>(bytes.data());
  const auto weight = get<std::int16_t>(bytes.data() + 2);
  CHECK(bytes.size() >= kHeader + 2 * static_cast<std::size_t>(count));
  std::int64_t value = 0;
  for (int i = 0; i <= weight; ++i) {
    const int digit = i < count ? get<std::int16_t>(bytes.data() + kHeader + 2 * i) : 0;
    CHECK(!__builtin_mul_overflow(value, kNumericDigit, &value) &&
          !__builtin_add_overflow(value, digit, &value));
  }
  return get<std::uint16_t>(bytes.data() + 4) == kNegative ? -value : value;
}

std::string_view bytes_of(const Parameter& parameter) {
  if (const auto* text = std::get_if<std::string_view>(&parameter)) {
    return *text;
  }
  const auto* blob = std::get_if<Blob>(&parameter);
  return blob == nullptr ? std::string_view() : blob->bytes;
}

}  // namespace

void ClearResult::operator()(pg_result* result) const {
  PQclear(result);
}

BoundParameters::BoundParameters(std::span<const Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    const Kind& kind = kKinds[parameter.index()];
    if (const auto* number = std::get_if<std::int64_t>(&parameter)) {
      add_number(*number);
    } else if (std::holds_alternative<std::monostate>(parameter)) {
      add(kind.type, kind.letter, nullptr, 0);
    } else {
      const std::string_view bytes = bytes_of(parameter);
      // A null pointer would mean NULL, so empty values get an address.
      add(kind.type, kind.letter, bytes.empty() ? "" : bytes.data(), bytes.size());
    }
  }
}

void BoundParameters::add_number(std::int64_t number) {
  const Kind& kind = kKinds[Parameter(number).index()];
  put(numbers_.emplace_back().data(), number);
  add(kind.type, kind.letter, numbers_.back().data(), sizeof number);
}

void BoundParameters::add(unsigned type, char letter, const char* value, std::size_t length) {
  CHECK(length <= std::numeric_limits<int>::max());
  types_.push_back(type);
  values_.push_back(value);
  lengths_.push_back(static_cast<int>(length));
  formats_.push_back(1);
  signature_ += letter;
}

bool BoundParameters::add_array(std::span<const Parameter> parameters, std::size_t first,
                                std::size_t step) {
  std::size_t index = 0;
  bool has_null = false;
  std::int32_t count = 0;
  std::size_t size = 0;
  for (std::size_t i = first; i < parameters.size(); i += step) {
    const std::size_t one = parameters[i].index();
    CHECK(one == 0 || index == 0 || one == index);  // a column holds one kind of value
    index = one == 0 ? index : one;
    has_null = has_null || one == 0;
    size += 4 + std::max<std::size_t>(8, bytes_of(parameters[i]).size());
    ++count;
  }
  if (index == 0) {
    return false;
  }
  const Kind& kind = kKinds[index];
  auto array = std::make_unique<std::string>();
  array->reserve(20 + size);
  append(*array, std::int32_t{1});  // dimensions
  append(*array, static_cast<std::int32_t>(has_null));
  append(*array, static_cast<std::uint32_t>(kind.type));
  append(*array, count);
  append(*array, std::int32_t{1});  // its first index
  for (std::size_t i = first; i < parameters.size(); i += step) {
    if (const auto* number = std::get_if<std::int64_t>(&parameters[i])) {
      append(*array, std::int32_t{sizeof *number});
      append(*array, *number);
    } else if (std::holds_alternative<std::monostate>(parameters[i])) {
      append(*array, std::int32_t{-1});
    } else {
      const std::string_view bytes = bytes_of(parameters[i]);
      append(*array, static_cast<std::int32_t>(bytes.size()));
      *array += bytes;
    }
  }
  add(kind.array_type, static_cast<char>(kind.letter + kUpper), array->data(), array->size());
  arrays_.push_back(std::move(array));
  return true;
}

std::string_view BoundParameters::type_name(std::size_t index) const {
  for (const Kind& kind : kKinds) {
    if (kind.letter == signature_[index]) {
      return kind.name;
    }
    if (kind.letter + kUpper == signature_[index]) {
      return kind.array_name;
    }
  }
  return {};
}

bool PostgresRow::is_null(int column) const {
  return PQgetisnull(result_, row_, column) != 0;
}

std::int64_t PostgresRow::integer(int column) const {
  if (is_null(column)) {
    return 0;
  }
  const char* const value = PQgetvalue(result_, row_, column);
  switch (PQftype(result_, column)) {
    case kInt8:
      return get<std::int64_t>(value);
    case kInt4:
      return get<std::int32_t>(value);
    case kInt2:
      return get<std::int16_t>(value);
    case kBool:
      return *value;
    case kNumeric:  // what sum() makes of integers
      return integral_part(blob(column));
    default:
      CHECK(false);  // the SQL selects something else
  }
}

std::string_view PostgresRow::text(int column) const {
  const Oid type = PQftype(result_, column);
  CHECK(type == kText || type == kVarchar || type == kName || type == kBytea);
  return blob(column);
}

std::string_view PostgresRow::blob(int column) const {
  return {PQgetvalue(result_, row_, column),
          static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

}  // namespace dermaga::store
