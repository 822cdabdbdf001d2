#include "log/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "clock/clock.h"
#include "encoding/encoding.h"
#include "json/writer.h"

namespace dermaga::log {

namespace {

struct State {
  std::mutex mutex;
  std::string program;
  std::string file;
  Level least = Level::kInfo;
  std::shared_ptr<spdlog::logger> logger;  // empty before start()
};

State& state() {
  static State& instance = *new State;  // outlives every static object that may still log
  return instance;
}

std::string_view level_name(Level level) {
  static constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

// Milliseconds put into the whole-second form.
std::string timestamp() {
  const UtcTime now = system_clock().now();
  std::array<char, 8> fraction;
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                static_cast<int>(to_unix_ms(now) % 1000));
  std::string text = format_rfc3339(now);
  text.pop_back();
  return text + fraction.data();
}

std::string as_utf8(std::string_view text) {
  if (encoding::is_utf8(text)) {
    return std::string(text);
  }
  std::string out(text);
  for (char& byte : out) {
    byte = static_cast<unsigned char>(byte) < 0x80 ? byte : '?';
  }
  return out;
}

void write_value(json::Writer& writer, const Field& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    writer.string(as_utf8(*text));
  } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
    writer.integer(*integer);
  } else if (const auto* boolean = std::get_if<bool>(&field.value)) {
    writer.boolean(*boolean);
  } else if (const double number = std::get<double>(field.value); std::isfinite(number)) {
    writer.number(number);
  } else {
    writer.null();
  }
}

std::string json_line(std::string_view program, Level level, std::string_view event,
                      std::initializer_list<Field> fields) {
  std::string line;
  json::Writer writer(line);
  writer.object();
  writer.field("time", timestamp());
  writer.field("level", level_name(level));
  writer.field("program", program);
  writer.field("event", as_utf8(event));
  for (const Field& field : fields) {
    writer.key(field.name);
    write_value(writer, field);
  }
  writer.end_object();
  return line;
}

// "warning: disk_slow latency_ms=12 path="/x"", for a person at a terminal.
std::string text_line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line(level_name(level));
  line += ": ";
  line += as_utf8(event);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    json::Writer writer(line);
    write_value(writer, field);
  }
  return line;
}

Result<std::shared_ptr<spdlog::logger>> make_logger(const std::string& file) {
  try {
    spdlog::sink_ptr sink;
    if (file.empty() || file == "-") {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    }
    auto logger = std::make_shared<spdlog::logger>("dermaga", std::move(sink));
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    return logger;
  } catch (const spdlog::spdlog_ex& failure) {
    return make_error(ErrorCode::kIo, std::string("open the log: ") + failure.what());
  }
}

}  // namespace

Status start(std::string_view program, const std::string& file, Level least) {
  ASSIGN_OR_RETURN(auto logger, make_logger(file));
  const std::scoped_lock lock(state().mutex);
  state().program = program;
  state().file = file;
  state().least = least;
  state().logger = std::move(logger);
  return {};
}

void reopen() {
  std::string file;
  {
    const std::scoped_lock lock(state().mutex);
    if (!state().logger) {
      return;
    }
    file = state().file;
  }
  auto logger = make_logger(file);
  if (!logger.has_value()) {
    error("log_not_reopened", {{"file", file}, {"reason", logger.error().message()}});
    return;  // the old file stays in use
  }
  const std::scoped_lock lock(state().mutex);
  state().logger = std::move(*logger);
}

void stop_process(std::string_view reason) {
  std::string program;
  bool started = false;
  {
    const std::scoped_lock lock(state().mutex);
    program = state().program;
    started = state().logger != nullptr;
  }
  if (started) {
    error("stopping", {{"reason", reason}});
  }
  // The log may lie on the very disk that fails.
  const std::string line =
      (program.empty() ? "" : program + ": ") + "stopping: " + as_utf8(reason) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::_Exit(1);
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::shared_ptr<spdlog::logger> logger;
  std::string program;
  {
    const std::scoped_lock lock(state().mutex);
    if (level < state().least) {
      return;
    }
    logger = state().logger;
    program = state().program;
  }
  if (!logger) {
    const std::string line = text_line(level, event, fields) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    return;
  }
  logger->log(spdlog::level::info, spdlog::string_view_t(json_line(program, level, event, fields)));
}

}  // namespace dermaga::log
