#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dermaga::json {

// Appends JSON (RFC 8259) to a string the caller owns; commas are placed by the writer.
//   Writer w(out); w.object(); w.key("id"); w.string(id); w.end_object();
// Output is compact and byte-stable; strings must be UTF-8 (checked: CHECK fails otherwise) and
// are escaped as JSON.stringify does it, so that written objects with sorted keys are RFC 8785
// canonical. Not thread-safe.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void object();
  void end_object();
  void array();
  void end_array();
  void key(std::string_view name);

  void string(std::string_view value);
  void integer(std::int64_t value);
  void number(double value);  // finite only
  void boolean(bool value);
  void null();
  // Already serialised JSON.
  void raw(std::string_view json);

  // key() and value in one.
  void field(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }
  void field(std::string_view name, const char* value) {
    key(name);
    string(value);
  }
  void field(std::string_view name, std::int64_t value) {
    key(name);
    integer(value);
  }
  void field_bool(std::string_view name, bool value) {
    key(name);
    boolean(value);
  }

 private:
  void separate();
  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace dermaga::json
