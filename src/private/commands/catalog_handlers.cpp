#include "arguments.h"
#include "handlers.h"

namespace dermaga::commands {

Status import_file(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 1, {}, 1));
  if (arguments.plain().size() != 1) {
    return make_error(ErrorCode::kInvalidArgument, "name one CSV file");
  }
  ASSIGN_OR_RETURN(const auto report, shop.import_file(arguments.plain()[0], actor));
  for (const auto& problem : report.problems) {
    output.line(catalog::format_problem(report, problem));
  }
  for (const auto& note : report.notes) {
    output.line("note: " + note);
  }
  output.line(report.kind + ": " + std::to_string(report.rows) + " rows, " +
              std::to_string(report.created) + " created, " + std::to_string(report.updated) +
              " updated, " + std::to_string(report.unchanged) + " unchanged, " +
              std::to_string(report.bad) + " bad; catalog version " +
              std::to_string(report.catalog_version));
  if (report.bad > 0) {
    return make_error(ErrorCode::kCorrupt,
                      std::to_string(report.bad) + " bad rows were left out; the others went in");
  }
  return {};
}

Status keys_rotate_sealing(shop::Shop& shop, const std::vector<std::string>& words,
                           const audit::Actor& actor, admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  RETURN_IF_ERROR(shop.audit_log().record({.actor = actor, .action = "keys.rotate_sealing"}));
  RETURN_IF_ERROR(shop.foundation().keyring->rotate());
  output.line("shoppers now seal to a new key; boxes to the old one open for four days more");
  output.line("running edges learn it when they reconnect: restart them one by one");
  return {};
}

}  // namespace dermaga::commands
