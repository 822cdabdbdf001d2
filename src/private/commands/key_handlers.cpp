#include <chrono>

#include "approval_lines.h"
#include "arguments.h"
#include "handlers.h"
#include "key_custody/key_custody.h"
#include "vault/root_options.h"

namespace dermaga::commands {

namespace {

constexpr auto kTellEvery = std::chrono::seconds(2);
constexpr std::int64_t kVersionMax = 1'000'000'000;

key_custody::KeyCustody custody_of(shop::Shop& shop) {
  const shop::Foundation& foundation = shop.foundation();
  return key_custody::KeyCustody({.database = *foundation.database,
                                  .vault = *foundation.vault,
                                  .audit_log = shop.audit_log()});
}

// Each core reads its own copy of the keys folder.
Status check_no_other_core(shop::Shop& shop, const Arguments& arguments) {
  const auto said = arguments.option("other-cores");
  if (said.has_value() && *said != "stopped") {
    return make_error(ErrorCode::kInvalidArgument, "--other-cores takes the word stopped");
  }
  return said.has_value() || !shop.foundation().database->is_shared()
             ? Status()
             : make_error(ErrorCode::kForbidden,
                          "other cores on this database would not know the new key: stop them, "
                          "say --other-cores stopped, and copy the keys folder to them before "
                          "they start again");
}

}  // namespace

Status keys_status(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                   admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  ASSIGN_OR_RETURN(const auto uses, custody_of(shop).status());
  for (const key_custody::KekUse& use : uses) {
    output.line("KEK " + std::to_string(use.version) + "  wraps " + std::to_string(use.rows) +
                " rows and " + std::to_string(use.kept_secrets) + " kept secrets" +
                (use.seals ? "; seals new ones" : ""));
  }
  return {};
}

Status keys_rotate(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"other-cores"}, 0));
  RETURN_IF_ERROR(check_no_other_core(shop, arguments));
  ASSIGN_OR_RETURN(const std::uint32_t version, custody_of(shop).rotate(actor));
  output.line("KEK " + std::to_string(version) +
              " seals from now on: back the keys folder up, then keys rewrap");
  return {};
}

Status keys_rewrap(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  auto tell_at = std::chrono::steady_clock::now() + kTellEvery;
  ASSIGN_OR_RETURN(const std::int64_t rewrapped,
                   custody_of(shop).rewrap(actor, [&](const key_custody::Progress& progress) {
                     if (std::chrono::steady_clock::now() >= tell_at) {
                       tell_at += kTellEvery;
                       output.line(std::to_string(progress.rewrapped) + " rows rewrapped, " +
                                   std::to_string(progress.left) + " left");
                     }
                     return true;
                   }));
  output.line(std::to_string(rewrapped) + " rows rewrapped; see keys status");
  return {};
}

Status keys_move_root(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"to"}, 0));
  ASSIGN_OR_RETURN(const std::string wanted, arguments.required("to"));
  const auto kind = vault::root_kind(wanted);
  vault::RootOptions root = shop.foundation().root;
  if (!kind.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "--to takes file, passphrase or pkcs11");
  }
  if (*kind == root.kind && *kind == vault::RootKind::kPassphrase) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the root key is a passphrase's already; to change the passphrase move to "
                      "file, write the new one and move back");
  }
  const bool was_in_token = root.kind == vault::RootKind::kPkcs11;
  root.kind = *kind;
  RETURN_IF_ERROR(custody_of(shop).move_root(root, actor));
  output.line("the root key has moved: say [keys] root = \"" + wanted +
              "\" in the settings before core starts again");
  output.line(
      "copies of the keys folder from before open with the old root: keys rotate, rewrap and "
      "destroy make them useless");
  if (was_in_token) {
    output.line("the old key dermaga-root is still in the token: delete it there");
  }
  return {};
}

Status keys_destroy(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"kek", "reason"}, 0));
  ASSIGN_OR_RETURN(const auto version, arguments.integer("kek", 1, kVersionMax));
  if (!version.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "--kek is missing");
  }
  ASSIGN_OR_RETURN(const auto reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(const auto outcome,
                   shop.four_eyes().destroy_key(static_cast<std::uint32_t>(*version), reason,
                                                {.actor = actor, .staff = {}}));
  if (const auto* const asked = std::get_if<approvals::Approval>(&outcome)) {
    print_asked(*asked, output);
    return {};
  }
  output.line("KEK " + std::to_string(*version) +
              " is destroyed: backups of before need a backup of it");
  return {};
}

}  // namespace dermaga::commands
