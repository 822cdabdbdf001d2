#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "result/result.h"

namespace dermaga::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// One named value of a log line. There is no form for sensitive types: they do not convert.
struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(v) {}
  Field(std::string_view n, int v) : name(n), value(std::int64_t{v}) {}
  Field(std::string_view n, std::size_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
};

// Before start() lines go to standard error as text. start() sends them as JSON lines
// {"time","level","program","event",fields…} to `file` (appended; "-" or "" is standard error),
// reopened on SIGHUP-driven reopen(). Thread-safe.
Status start(std::string_view program, const std::string& file, Level least);
void reopen();

// event: a stable snake_case name ("order_placed"); what varies goes into fields.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

// For what a process must not go on after, a failed fsync above all: logs "stopping" with the
// reason, says it on standard error too, and ends the process at once with status 1. Nothing is
// flushed, closed or tidied up: each of those could touch the disk again.
[[noreturn]] void stop_process(std::string_view reason);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kDebug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kInfo, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kWarning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kError, event, fields);
}

}  // namespace dermaga::log
