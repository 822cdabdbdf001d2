#include "arguments.h"
#include "handlers.h"

namespace dermaga::commands {

Status probe_accept(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"assets", "reason"}, 0));
  ASSIGN_OR_RETURN(const std::string assets, arguments.required("assets"));
  ASSIGN_OR_RETURN(const std::string reason, arguments.required("reason"));
  const auto& acceptance = shop.storefront_watch().acceptance();
  RETURN_IF_ERROR(acceptance.accept(assets, {.actor = actor, .reason = reason}, shop.audit_log(),
                                    shop.clock()));
  ASSIGN_OR_RETURN(const auto manifest, acceptance.read());
  output.line("accepted " + std::to_string(manifest.files.size()) +
              " files; every page is to load " + manifest.script);
  return {};
}

Status probe_run(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                 admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  const auto report = shop.storefront_watch().run();
  for (const auto& finding : report.findings) {
    output.line("TAMPERED " + finding.where + ": " + finding.what);
  }
  output.line("looked at " + std::to_string(report.pages) + " pages and " +
              std::to_string(report.files) + " files of " + shop.config().public_url);
  switch (report.outcome) {
    case tamper_probe::Outcome::kIntact:
      output.line("the storefront is the build that was accepted");
      return {};
    case tamper_probe::Outcome::kTampered:
      return make_error(ErrorCode::kCorrupt, "the storefront is not the build that was accepted");
    case tamper_probe::Outcome::kUnreachable:
      return make_error(ErrorCode::kUnavailable,
                        "the storefront was not reached, so nothing is known: " + report.reason);
    case tamper_probe::Outcome::kNoManifest:
      break;
  }
  return make_error(ErrorCode::kNotFound, "there is nothing to compare with (" + report.reason +
                                              "); accept a build with: dermaga-core probe accept");
}

Status probe_show(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                  admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  const auto manifest = shop.storefront_watch().acceptance().read();
  if (!manifest.has_value() && manifest.error().code() == ErrorCode::kNotFound) {
    return make_error(ErrorCode::kNotFound, "no build was accepted yet");
  }
  if (!manifest.has_value()) {
    return std::unexpected(manifest.error());
  }
  output.line("accepted " + format_rfc3339(manifest->accepted_at) + " by " + manifest->accepted_by +
              ": " + manifest->reason);
  output.line("script " + manifest->script + ", style sheet " + manifest->style + ", icon " +
              manifest->icon);
  for (const auto& [path, hash] : manifest->files) {
    output.line(hash + "  " + path);
  }
  return {};
}

}  // namespace dermaga::commands
