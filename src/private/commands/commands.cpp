#include "commands/commands.h"

#include <functional>
#include <map>

#include "handlers.h"

namespace dermaga::commands {

namespace {

struct Command {
  std::string usage;
  Status (*run)(shop::Shop&, const std::vector<std::string>&, const audit::Actor&, admin::Output&);
};

// The key is the command's first one or two words.
const std::map<std::string, Command>& table() {
  static const std::map<std::string, Command> commands = {
      {"import", {"import FILE.csv", &import_file}},
      {"orders list",
       {"orders list [--status STATUS] [--limit N] [--before NUMBER]", &orders_list}},
      {"orders declined",
       {"orders declined [--only broken] [--limit N] [--after ORDER_ID]", &orders_declined}},
      {"orders show", {"orders show ORDER_ID", &orders_show}},
      {"orders cancel", {"orders cancel ORDER_ID [--reason WORD]", &orders_cancel}},
      {"orders fulfil", {"orders fulfil ORDER_ID", &orders_fulfil}},
      {"orders refund",
       {"orders refund ORDER_ID (--amount MINOR_UNITS | --all yes) --reason TEXT --key KEY",
        &orders_refund}},
      {"card-vault show", {"card-vault show", &card_vault_show}},
      {"card-vault clear", {"card-vault clear --reason TEXT", &card_vault_clear}},
      {"certificates list", {"certificates list", &certificates_list}},
      {"certificates revoke", {"certificates revoke SERIAL --reason TEXT", &certificates_revoke}},
      {"leases list", {"leases list [--limit N]", &leases_list}},
      {"leases abandon", {"leases abandon SPOOL EPOCH --reason TEXT", &leases_abandon}},
      {"stock list", {"stock list [--sku SKU]", &stock_list}},
      {"stock adjust",
       {"stock adjust --sku SKU (--set N | --by N) --reason TEXT [--location ID]", &stock_adjust}},
      {"approvals list",
       {"approvals list [--state STATE] [--limit N] [--before NUMBER]", &approvals_list}},
      {"approvals refuse", {"approvals refuse APPROVAL_ID --reason TEXT", &approvals_refuse}},
      {"approvals withdraw", {"approvals withdraw APPROVAL_ID", &approvals_withdraw}},
      {"audit list", {"audit list [--limit N] [--from SEQUENCE]", &audit_list}},
      {"audit export", {"audit export [--from SEQUENCE]", &audit_export}},
      {"audit verify", {"audit verify [--checkpoint FILE]", &audit_verify}},
      {"audit checkpoint", {"audit checkpoint", &audit_checkpoint}},
      {"audit key", {"audit key", &audit_key}},
      {"customers show", {"customers show ORDER_ID --reason TEXT", &customers_show}},
      {"customers export", {"customers export ORDER_ID --reason TEXT", &customers_export}},
      {"customers erase", {"customers erase ORDER_ID --reason TEXT", &customers_erase}},
      {"keys status", {"keys status", &keys_status}},
      {"keys rotate", {"keys rotate [--other-cores stopped]", &keys_rotate}},
      {"keys rewrap", {"keys rewrap", &keys_rewrap}},
      {"keys destroy", {"keys destroy --kek VERSION --reason TEXT", &keys_destroy}},
      {"keys move-root", {"keys move-root --to file|passphrase|pkcs11", &keys_move_root}},
      {"probe accept", {"probe accept --assets DIR --reason TEXT", &probe_accept}},
      {"probe run", {"probe run", &probe_run}},
      {"probe show", {"probe show", &probe_show}},
      {"retention show", {"retention show", &retention_show}},
      {"retention run", {"retention run --reason TEXT", &retention_run}},
      {"staff list", {"staff list", &staff_list}},
      {"staff owner-link", {"staff owner-link", &staff_owner_link}},
      {"staff invite",
       {"staff invite --email ADDRESS --name NAME --role ROLE --reason TEXT", &staff_invite}},
      {"staff reinvite", {"staff reinvite STAFF_ID --reason TEXT", &staff_reinvite}},
      {"staff disable", {"staff disable STAFF_ID --reason TEXT", &staff_disable}},
      {"staff enable", {"staff enable STAFF_ID --reason TEXT", &staff_enable}},
      {"keys rotate-sealing", {"keys rotate-sealing", &keys_rotate_sealing}},
  };
  return commands;
}

const Command* find(const std::vector<std::string>& words) {
  if (words.empty()) {
    return nullptr;
  }
  auto found = table().find(words[0]);
  if (found == table().end() && words.size() > 1) {
    found = table().find(words[0] + " " + words[1]);
  }
  return found == table().end() ? nullptr : &found->second;
}

// The commands with the same first word; all where there are none.
std::vector<std::string> usage_like(const std::vector<std::string>& words) {
  std::vector<std::string> lines;
  for (const auto& [name, command] : table()) {
    if (!words.empty() && name.starts_with(words[0] + " ")) {
      lines.push_back(command.usage);
    }
  }
  return lines.empty() ? usage() : lines;
}

}  // namespace

int run(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor& actor,
        admin::Output& output) {
  const Command* command = find(words);
  if (command == nullptr) {
    output.line("no such command; there are:");
    for (const auto& line : usage_like(words)) {
      output.line("  dermaga-core " + line);
    }
    return 1;
  }
  const auto status = command->run(shop, words, actor, output);
  if (!status.has_value()) {
    output.line("error: " + status.error().message());
    if (status.error().code() == ErrorCode::kInvalidArgument) {
      output.line("usage: dermaga-core " + command->usage);
    }
    return 1;
  }
  return 0;
}

audit::Actor host_actor(const std::string& user) {
  return {.name = "host:" + user, .source = "command line"};
}

std::vector<std::string> usage() {
  std::vector<std::string> lines;
  for (const auto& [name, command] : table()) {
    lines.push_back(command.usage);
  }
  return lines;
}

}  // namespace dermaga::commands
