#include <CLI/CLI.hpp>

#include "shop_layout.h"
#include "supervisor/supervisor.h"

namespace dermaga::supervisor {

namespace {

struct Parsed {
  UpOptions up;
  DownOptions down;
  StatusOptions status;
};

void add_data(CLI::App& command, std::string& data) {
  command.add_option("--data", data, "The shop's data folder")->capture_default_str();
}

// It goes on to core's command line, which every user of this machine can read.
bool shows_password(const std::string& url) {
  const std::size_t user = url.find("://") + 3;
  const std::size_t at = url.find('@', user);
  return (at != std::string::npos && url.substr(user, at - user).find(':') != std::string::npos) ||
         url.find("password=") != std::string::npos;
}

// Empty when it is one.
std::string why_no_store(const std::string& place) {
  if (place == "sqlite") {
    return {};
  }
  if (!place.starts_with("postgres://") && !place.starts_with("postgresql://")) {
    return "must be sqlite or a postgres:// URL";
  }
  return shows_password(place) ? "must not hold a password: put it into ~/.pgpass, a service or "
                                 "PGPASSWORD"
                               : std::string();
}

CLI::App* add_up(CLI::App& app, Parsed& parsed) {
  auto* up = app.add_subcommand("up", "Start a shop; Ctrl-C stops it");
  add_data(*up, parsed.up.data);
  up->add_option("--port-base", parsed.up.port_base, "First of the shop's ports")
      ->capture_default_str()
      ->check(CLI::Range(1024, 65'535 - kEdgeInternalOffset - kEdgesMax));
  up->add_option("--config", parsed.up.config_file,
                 "Settings; without it shop.toml in the data folder, where there is one")
      ->check(CLI::ExistingFile);
  up->add_option("--store", parsed.up.store,
                 "Where core keeps its records: sqlite or postgres://user@host:5432/database; else "
                 "what the settings and the data folder say")
      ->check(why_no_store);
  up->add_option("--edges", parsed.up.edges, "Edge processes")
      ->capture_default_str()
      ->check(CLI::Range(0, kEdgesMax));
  up->add_option("--spools", parsed.up.spools,
                 "Spool processes, which keep orders while core is away; 0: orders are refused "
                 "then. Without it as many as at the last start, or 1. With fewer the others "
                 "deliver what they have")
      ->check(CLI::Range(0, kSpoolsMax));
  up->add_flag("--detach", parsed.up.detach, "Return when the shop is ready");
  up->add_flag("--json", parsed.up.json, "Print one JSON object when the shop is ready");
  up->add_option("--assets", parsed.up.assets, "The storefront's built scripts and styles")
      ->check(CLI::ExistingDirectory);
  up->add_option("--console", parsed.up.console, "The admin console's built files")
      ->check(CLI::ExistingDirectory);
  up->add_option("--samples", parsed.up.samples, "Catalog that a new shop starts with")
      ->check(CLI::ExistingDirectory);
  return up;
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv, const std::string& usage_of_others) {
  CLI::App app("Dermaga: a self-hosted commerce engine in two zones", "dermaga");
  app.require_subcommand(1);
  Parsed parsed;
  auto* up = add_up(app, parsed);
  auto* down = app.add_subcommand("down", "Stop a shop");
  add_data(*down, parsed.down.data);
  auto* status = app.add_subcommand("status", "Programs, process ids, addresses, health");
  add_data(*status, parsed.status.data);
  status->add_flag("--json", parsed.status.json, "Print one JSON object");
  app.footer(usage_of_others);  // last, or every command would inherit it
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Message{app.help(), 0};
  } catch (const CLI::ParseError& wrong) {
    return Message{std::string("dermaga: ") + wrong.what() + "; see ./dermaga help\n", 2};
  }
  if (up->parsed()) {
    return parsed.up;
  }
  if (down->parsed()) {
    return parsed.down;
  }
  return parsed.status;
}

}  // namespace dermaga::supervisor
