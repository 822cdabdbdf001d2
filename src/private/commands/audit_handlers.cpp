#include <algorithm>
#include <filesystem>

#include "arguments.h"
#include "audit/audit_log.h"
#include "files/files.h"
#include "handlers.h"
#include "signed_note/signed_note.h"

namespace dermaga::commands {

namespace {

constexpr std::int64_t kListMax = 1'000;
constexpr std::uint64_t kPage = 1'000;
constexpr std::uint64_t kNoteBytesMax = 16 * 1024;

std::string entry_line(const audit::Entry& entry) {
  const audit::Act& act = entry.act;
  std::string line = std::to_string(entry.sequence) + "  " + format_rfc3339(entry.at) + "  " +
                     act.actor.name + "  " + act.action;
  for (const std::string* word : {&act.subject, &act.detail}) {
    line += word->empty() ? "" : "  " + *word;
  }
  return line + (act.reason.empty() ? "" : "  (" + act.reason + ")") +
         (act.is_denied ? "  DENIED" : "") + "  from " + act.actor.source;
}

Result<std::optional<audit::Checkpoint>> read_kept(const audit::AuditLog& log,
                                                   const std::optional<std::string>& file) {
  if (!file.has_value()) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const std::string note, files::read_file(*file, kNoteBytesMax));
  auto kept = signed_note::open(note, log.signer().origin, log.signer().public_key);
  if (!kept.has_value()) {
    return std::unexpected(std::move(kept).error().with_context(*file));
  }
  return *std::move(kept);
}

}  // namespace

Status audit_list(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                  admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"limit", "from"}, 0));
  ASSIGN_OR_RETURN(const auto limit, arguments.integer("limit", 1, kListMax));
  ASSIGN_OR_RETURN(const auto from, arguments.integer("from", 0, INT64_MAX));
  const auto count = static_cast<std::uint64_t>(limit.value_or(50));
  ASSIGN_OR_RETURN(const auto connection, shop.connect());
  ASSIGN_OR_RETURN(const auto tree, audit::recorded_tree(*connection));
  const std::uint64_t newest = tree.size() - std::min(tree.size(), count);
  const std::uint64_t first = from.has_value() ? static_cast<std::uint64_t>(*from) : newest;
  if (tree.size() == 0) {
    output.line("no entries");
  }
  return audit::read(*connection, first, count, [&output](const audit::Entry& entry) -> Status {
    output.line(entry_line(entry));
    return {};
  });
}

Status audit_export(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                    admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"from"}, 0));
  ASSIGN_OR_RETURN(const auto from, arguments.integer("from", 0, INT64_MAX));
  ASSIGN_OR_RETURN(const auto connection, shop.connect());
  auto next = static_cast<std::uint64_t>(from.value_or(0));
  for (std::uint64_t read_now = kPage; read_now == kPage;) {
    read_now = 0;
    RETURN_IF_ERROR(audit::read_bytes(*connection, next, kPage,
                                      [&](std::uint64_t, std::string_view bytes) -> Status {
                                        ++read_now;
                                        output.line(bytes);
                                        return {};
                                      }));
    next += read_now;
  }
  return {};
}

Status audit_verify(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                    admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"checkpoint"}, 0));
  audit::AuditLog& log = shop.audit_log();
  ASSIGN_OR_RETURN(const auto kept, read_kept(log, arguments.option("checkpoint")));
  ASSIGN_OR_RETURN(const auto found, log.verify(kept));
  for (const std::string& breach : found.breaches) {
    output.line("BREACH " + breach);
  }
  output.line("read " + std::to_string(found.entries) + " entries, " +
              std::to_string(found.checkpoints) + " checkpoints" +
              (kept.has_value() ? " and the one that was kept" : ""));
  output.line("countersigned are " + std::to_string(found.countersigned) +
              " of the checkpoints; witnesses: " + std::to_string(found.witnesses));
  if (!found.breaches.empty()) {
    return make_error(ErrorCode::kCorrupt, "the audit log was tampered with");
  }
  output.line("nothing was changed, cut, added or reordered");
  return {};
}

Status audit_checkpoint(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor&, admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  ASSIGN_OR_RETURN(std::string note, shop.audit_log().checkpoint());
  if (note.empty()) {
    return make_error(ErrorCode::kNotFound, "the audit log has no entries yet");
  }
  note.pop_back();  // the output ends lines itself
  output.line(note);
  return {};
}

Status audit_key(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                 admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  output.line(signed_note::verifier_key(shop.audit_log().signer()));
  return {};
}

}  // namespace dermaga::commands
