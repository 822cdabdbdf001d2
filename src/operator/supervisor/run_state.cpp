#include "run_state.h"

#include <charconv>
#include <limits>

#include "files/files.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::supervisor {

namespace {

constexpr std::uint64_t kFileBytesMax = 256 * 1024;
constexpr std::size_t kTextBytesMax = 4096;
constexpr std::size_t kProcessesMax = 1000;

void write_process(json::Writer& writer, const RunState::Process& process) {
  writer.object();
  writer.field("name", process.name);
  writer.field("pid", std::int64_t{process.pid});
  writer.field("health_port", std::int64_t{process.health_port});
  writer.field("started_at", format_rfc3339(process.started_at));
  writer.field("restarts", std::int64_t{process.restarts});
  writer.field_bool("ready", process.ready);
  writer.field_bool("ends", process.ends);
  writer.field_bool("done", process.done);
  if (process.undelivered_orders.has_value()) {
    writer.field("undelivered_orders", *process.undelivered_orders);
  }
  writer.end_object();
}

Result<RunState::Process> read_process(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  RunState::Process process;
  constexpr int kMax = std::numeric_limits<int>::max();
  ASSIGN_OR_RETURN(process.name, reader.string("name", kTextBytesMax));
  ASSIGN_OR_RETURN(const std::int64_t pid, reader.integer("pid", 0, kMax));
  ASSIGN_OR_RETURN(const std::int64_t port, reader.integer("health_port", 1, 65'535));
  ASSIGN_OR_RETURN(const std::string started_at, reader.string("started_at", 64));
  ASSIGN_OR_RETURN(process.started_at, parse_rfc3339(started_at));
  ASSIGN_OR_RETURN(const std::int64_t restarts, reader.integer("restarts", 0, kMax));
  ASSIGN_OR_RETURN(const json::Value ready, reader.required("ready"));
  ASSIGN_OR_RETURN(process.ready, ready.as_boolean());
  // A supervisor of before they were there may still run.
  if (const auto ends = reader.optional("ends")) {
    ASSIGN_OR_RETURN(process.ends, ends->as_boolean());
  }
  if (const auto done = reader.optional("done")) {
    ASSIGN_OR_RETURN(process.done, done->as_boolean());
  }
  if (const auto waiting = reader.optional("undelivered_orders")) {
    ASSIGN_OR_RETURN(process.undelivered_orders, waiting->as_integer(0, INT64_MAX));
  }
  RETURN_IF_ERROR(reader.finish());
  process.pid = static_cast<pid_t>(pid);
  process.health_port = static_cast<int>(port);
  process.restarts = static_cast<int>(restarts);
  return process;
}

}  // namespace

std::string to_json(const RunState& state) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.field("supervisor_pid", std::int64_t{state.supervisor_pid});
  writer.field("started_at", format_rfc3339(state.started_at));
  writer.field("data", state.data);
  writer.field("port_base", std::int64_t{state.port_base});
  writer.field("ca_file", state.ca_file);
  writer.key("addresses");
  writer.object();
  for (const auto& [name, address] : state.addresses) {
    writer.field(name, address);
  }
  writer.end_object();
  writer.key("processes");
  writer.array();
  for (const RunState::Process& process : state.processes) {
    write_process(writer, process);
  }
  writer.end_array();
  if (!state.owner_link.empty()) {
    writer.field("owner_link", state.owner_link);
  }
  if (!state.private_volume.empty()) {
    writer.field("private_volume", state.private_volume);
  }
  writer.end_object();
  return out;
}

Result<RunState> parse_run_state(const std::string& text) {
  ASSIGN_OR_RETURN(const json::Document document, json::Document::parse(text));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  RunState state;
  ASSIGN_OR_RETURN(const std::int64_t pid,
                   reader.integer("supervisor_pid", 1, std::numeric_limits<int>::max()));
  ASSIGN_OR_RETURN(const std::string started_at, reader.string("started_at", 64));
  ASSIGN_OR_RETURN(state.started_at, parse_rfc3339(started_at));
  ASSIGN_OR_RETURN(state.data, reader.string("data", kTextBytesMax));
  ASSIGN_OR_RETURN(const std::int64_t port_base, reader.integer("port_base", 1, 65'535));
  ASSIGN_OR_RETURN(state.ca_file, reader.string("ca_file", kTextBytesMax));
  ASSIGN_OR_RETURN(const json::Value addresses, reader.required("addresses"));
  ASSIGN_OR_RETURN(const auto address_list, addresses.as_members(kProcessesMax));
  for (const auto& [name, value] : address_list) {
    ASSIGN_OR_RETURN(const std::string_view address, value.as_string(kTextBytesMax));
    state.addresses.emplace_back(name, address);
  }
  ASSIGN_OR_RETURN(const json::Value processes, reader.required("processes"));
  ASSIGN_OR_RETURN(const auto process_list, processes.as_array(kProcessesMax));
  for (const json::Value& value : process_list) {
    ASSIGN_OR_RETURN(RunState::Process process, read_process(value));
    state.processes.push_back(std::move(process));
  }
  RETURN_IF_ERROR(reader.finish());
  state.supervisor_pid = static_cast<pid_t>(pid);
  state.port_base = static_cast<int>(port_base);
  return state;
}

Status write_run_state(const std::string& path, const RunState& state) {
  return files::write_file_atomically(path, to_json(state) + "\n", 0600);
}

Result<RunState> read_run_state(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, files::read_file(path, kFileBytesMax));
  auto state = parse_run_state(text);
  if (!state.has_value()) {
    return std::unexpected(std::move(state).error().with_context(path));
  }
  return state;
}

Result<std::optional<pid_t>> running_supervisor(const std::string& lock_file) {
  ASSIGN_OR_RETURN(const bool is_there, files::exists(lock_file));
  if (!is_there) {
    return std::nullopt;
  }
  const auto lock = files::LockFile::acquire(lock_file);
  if (lock.has_value()) {
    return std::nullopt;  // left behind by one that ended
  }
  if (lock.error().code() != ErrorCode::kAlreadyExists) {
    return std::unexpected(lock.error());
  }
  // Only now: before the lock was found taken, the file may have named one that ended.
  ASSIGN_OR_RETURN(const std::string text, files::read_file(lock_file, 64));
  constexpr std::string_view kPrefix = "pid ";
  int pid = 0;
  if (text.starts_with(kPrefix)) {
    std::from_chars(text.data() + kPrefix.size(), text.data() + text.size(), pid);
  }
  if (pid <= 1) {
    return make_error(ErrorCode::kCorrupt, lock_file + " is locked, but does not say by whom");
  }
  return pid;
}

}  // namespace dermaga::supervisor
