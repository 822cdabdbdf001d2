#include <algorithm>
#include <utility>

#include "audit/audit.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

constexpr std::uint64_t kExportMax = 10'000;

void write_entry(json::Writer& writer, const audit::Entry& entry) {
  writer.object();
  writer.field("sequence", static_cast<std::int64_t>(entry.sequence));
  writer.field("at", format_rfc3339(entry.at));
  writer.field("actor", entry.act.actor.name);
  writer.field("source", entry.act.actor.source);
  writer.field("action", entry.act.action);
  writer.field("subject", entry.act.subject);
  writer.field("detail", entry.act.detail);
  writer.field("reason", entry.act.reason);
  writer.field_bool("is_denied", entry.act.is_denied);
  writer.end_object();
}

// The "items" member; how many there were.
Result<std::int64_t> write_entries(json::Writer& writer, store::Connection& connection,
                                   std::uint64_t first, std::uint64_t limit) {
  std::int64_t written = 0;
  writer.key("items");
  writer.array();
  RETURN_IF_ERROR(audit::read(connection, first, limit, [&](const audit::Entry& entry) -> Status {
    write_entry(writer, entry);
    ++written;
    return {};
  }));
  writer.end_array();
  return written;
}

struct ExportForm {
  std::uint64_t from = 0;
  std::string reason;
};

Result<ExportForm> export_form_in(json::ObjectReader& reader) {
  ExportForm form;
  ASSIGN_OR_RETURN(const auto from, reader.integer("from", 0, INT64_MAX));
  ASSIGN_OR_RETURN(form.reason, reason_in(reader));
  form.from = static_cast<std::uint64_t>(from);
  return form;
}

}  // namespace

Result<http::Response> list_audit_entries(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto query, Query::parse(call, {"from", "limit"}));
  ASSIGN_OR_RETURN(const auto limit, query.limit());
  ASSIGN_OR_RETURN(const auto from, query.integer("from", 0, INT64_MAX));
  ASSIGN_OR_RETURN(const auto connection, desk.shop.connect());
  ASSIGN_OR_RETURN(const auto tree, audit::recorded_tree(*connection));
  const std::uint64_t newest = tree.size() - std::min<std::uint64_t>(tree.size(), limit);
  std::string text;
  json::Writer writer(text);
  writer.object();
  RETURN_IF_ERROR(write_entries(
      writer, *connection, from.has_value() ? static_cast<std::uint64_t>(*from) : newest, limit));
  writer.field("size", static_cast<std::int64_t>(tree.size()));
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> verify_audit_log(Desk& desk, Call& call) {
  RETURN_IF_ERROR(Query::parse(call, {}));
  const std::unique_lock alone(desk.verification, std::try_to_lock);
  if (!alone.owns_lock()) {
    return make_error(ErrorCode::kOverloaded, "somebody is verifying the audit log now");
  }
  ASSIGN_OR_RETURN(const auto found, desk.shop.audit_log().verify(std::nullopt));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("entries", static_cast<std::int64_t>(found.entries));
  writer.field("checkpoints", static_cast<std::int64_t>(found.checkpoints));
  writer.field("countersigned", static_cast<std::int64_t>(found.countersigned));
  writer.field("witnesses", static_cast<std::int64_t>(found.witnesses));
  writer.key("breaches");
  writer.array();
  for (const std::string& breach : found.breaches) {
    writer.string(breach);
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> get_audit_checkpoint(Desk& desk, Call& call) {
  RETURN_IF_ERROR(Query::parse(call, {}));
  ASSIGN_OR_RETURN(const auto note, desk.shop.audit_log().checkpoint());
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("note", note);
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> export_audit_log(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto form, read_body<ExportForm>(call, &export_form_in));
  RETURN_IF_ERROR(desk.shop.audit_log().record({.actor = identity::actor_of(call.caller),
                                                .action = "audit.export",
                                                .subject = "from " + std::to_string(form.from),
                                                .reason = form.reason}));
  ASSIGN_OR_RETURN(const auto connection, desk.shop.connect());
  std::string text;
  json::Writer writer(text);
  writer.object();
  ASSIGN_OR_RETURN(const auto written, write_entries(writer, *connection, form.from, kExportMax));
  writer.field("next_from", static_cast<std::int64_t>(form.from) + written);
  writer.end_object();
  return json_response(200, std::move(text));
}

}  // namespace dermaga::admin_api
