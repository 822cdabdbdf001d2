#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "result/result.h"

namespace dermaga::json {

// Strict reading of JSON that came from outside. Every error is kInvalidArgument and names the
// place ("lines[2].quantity must be an integer from 1 to 1000"). Duplicate keys, invalid UTF-8,
// trailing bytes and nesting deeper than 16 are refused while parsing.

class Value;

// Owns one parsed text; Values point into it. Its texts are overwritten when it goes.
class Document {
 public:
  static Result<Document> parse(std::string_view text);
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();
  Value root() const;

 private:
  struct Impl;
  explicit Document(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A view of one value. Cheap to copy; valid while its Document lives.
class Value {
 public:
  bool is_null() const;
  bool is_object() const;
  bool is_array() const;
  // Where it lies: "lines[2].quantity", empty for the root. Searches the document: only for error
  // messages.
  std::string path() const;

  Result<std::string_view> as_string(std::size_t bytes_max) const;
  Result<std::int64_t> as_integer(std::int64_t min, std::int64_t max) const;
  Result<double> as_number() const;
  Result<bool> as_boolean() const;
  Result<std::vector<Value>> as_array(std::size_t items_max) const;
  // Members of an object whose keys are data, in the order of the text.
  Result<std::vector<std::pair<std::string, Value>>> as_members(std::size_t members_max) const;
  // Compact serialisation of this value.
  std::string dump() const;

 private:
  friend class Document;
  friend class ObjectReader;
  Value(const void* node, const void* root) : node_(node), root_(root) {}
  Value at(const void* node) const { return Value(node, root_); }  // another of this document
  const void* node_;
  const void* root_;
};

// Reads the members of one object and, at the end, refuses those nobody asked for.
//   ASSIGN_OR_RETURN(auto reader, ObjectReader::of(value));
//   ASSIGN_OR_RETURN(auto sku, reader.string("sku", 64));
//   RETURN_IF_ERROR(reader.finish());
class ObjectReader {
 public:
  static Result<ObjectReader> of(const Value& value);

  Result<Value> required(std::string_view key);
  std::optional<Value> optional(std::string_view key);  // absent or null: nullopt

  Result<std::string> string(std::string_view key, std::size_t bytes_max);
  Result<std::optional<std::string>> optional_string(std::string_view key, std::size_t bytes_max);
  Result<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);

  // kInvalidArgument naming the first member that was never asked for.
  Status finish() const;

 private:
  explicit ObjectReader(const Value& value);
  Value value_;
  std::vector<const void*> seen_;  // the members that were asked for
};

}  // namespace dermaga::json
