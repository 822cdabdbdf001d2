#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "admin/admin_socket.h"
#include "commands/commands.h"
#include "config/config.h"
#include "offline.h"
#include "serve.h"
#include "shop/foundation.h"
#include "shop/shop.h"
#include "shop/store_place.h"
#include "store/store.h"
#include "tamper_probe/acceptance.h"

namespace dermaga::core {

namespace {

constexpr int kLinkOffset = 5;
constexpr int kInternalOffset = 10;

struct Settings {
  std::string data = "var";
  std::string config_file;
  std::string store;
  std::string link_address = "127.0.0.1";
  std::string admin_address = "127.0.0.1";
  std::string console;
  std::string assets;
  int port_base = 8440;
  shop::PublicPrograms programs{.edges = 1};
  bool log_to_stderr = false;
  bool without_keys = false;
  std::vector<std::string> words;
};

// Named, or in the data folder; none where neither is there.
Result<std::string> settings_file(const Settings& settings) {
  if (!settings.config_file.empty()) {
    return settings.config_file;
  }
  const std::string own = settings.data + "/shop.toml";
  ASSIGN_OR_RETURN(const bool is_there, files::exists(own));
  return is_there ? own : std::string();
}

Result<config::Shop> load_config(const Settings& settings) {
  ASSIGN_OR_RETURN(const std::string file, settings_file(settings));
  auto config =
      file.empty() ? Result<config::Shop>(config::default_shop()) : config::load_shop(file);
  if (config.has_value() && !settings.store.empty()) {
    config->store = settings.store;
  }
  return config;
}

int fail(const Error& error) {
  std::cerr << "dermaga-core: " << error.message() << "\n";
  return 1;
}

// kNotFound where no shop was made in the folder; one on a server may be new to it.
Status require_shop(const Settings& settings, const config::Shop& config) {
  ASSIGN_OR_RETURN(const bool found, shop::has_store(shop::Paths(settings.data)));
  return found || store::is_postgres_url(config.store)
             ? Status()
             : make_error(ErrorCode::kNotFound, "there is no shop in " + settings.data +
                                                    "; make one with: dermaga-core init --data " +
                                                    settings.data);
}

Status accept_first_build(const Settings& settings, const shop::Paths& paths,
                          const shop::Foundation& foundation) {
  if (settings.assets.empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(const auto acceptance,
                   tamper_probe::Acceptance::open(*foundation.vault, paths.storefront_manifest));
  return acceptance.accept_first(settings.assets, *foundation.audit_log, system_clock());
}

int run_init(const Settings& settings) {
  const auto config = load_config(settings);
  if (!config.has_value()) {
    return fail(config.error());
  }
  const shop::Paths paths(settings.data);
  const auto foundation = shop::Foundation::open(paths, *config, system_clock(), system_random());
  if (!foundation.has_value()) {
    return fail(foundation.error());
  }
  const auto certificates =
      shop::ensure_certificates(paths, *config, *foundation->authority, settings.programs);
  if (!certificates.has_value()) {
    return fail(certificates.error());
  }
  if (const Status accepted = accept_first_build(settings, paths, *foundation);
      !accepted.has_value()) {
    return fail(accepted.error());
  }
  std::cout << "the shop in " << paths.data << " is ready\n";
  return 0;
}

int run_serve(const Settings& settings) {
  auto config = load_config(settings);
  if (!config.has_value()) {
    return fail(config.error());
  }
  if (config->admin_url.empty()) {
    config->admin_url = shop::default_admin_url(settings.port_base);
  }
  if (config->public_url.empty()) {
    config->public_url = shop::default_public_url(settings.port_base);
  }
  return serve({.paths = shop::Paths(settings.data),
                .config = *config,
                .link_port = static_cast<std::uint16_t>(settings.port_base + kLinkOffset),
                .internal_port = static_cast<std::uint16_t>(settings.port_base + kInternalOffset),
                .admin_port = static_cast<std::uint16_t>(settings.port_base + shop::kAdminOffset),
                .link_address = settings.link_address,
                .admin_address = settings.admin_address,
                .console_folder = settings.console,
                .programs = settings.programs,
                .log_to_stderr = settings.log_to_stderr});
}

// Gives relative file names a meaning that holds in core's own working folder too.
std::vector<std::string> with_absolute_file(std::vector<std::string> words) {
  if (words.size() > 1 && words[0] == "import" && !words[1].starts_with("--")) {
    words[1] = std::filesystem::absolute(words[1]).string();
  }
  for (const char* option : {"--checkpoint", "--assets"}) {
    const auto given = std::ranges::find(words, option);
    if (given != words.end() && given + 1 != words.end()) {
      given[1] = std::filesystem::absolute(given[1]).string();
    }
  }
  return words;
}

class StandardOutput final : public admin::Output {
 public:
  void line(std::string_view text) override { std::cout << text << std::endl; }
};

// Its settings are those of the next start.
bool wants_stopped_core(const std::vector<std::string>& words) {
  return words.size() > 1 && words[0] == "keys" && words[1] == "move-root";
}

// In the serving core where one listens; else in this process, under the folder's lock.
int run_command(const Settings& settings) {
  const shop::Paths paths(settings.data);
  const auto words = with_absolute_file(settings.words);
  StandardOutput output;
  if (!wants_stopped_core(words)) {
    const auto remote = admin::run_remotely(paths.socket, words, output);
    if (remote.has_value()) {
      return *remote;
    }
    if (remote.error().code() != ErrorCode::kUnavailable ||
        remote.error().message().find("no core listens") == std::string::npos) {
      return fail(remote.error());
    }
  }
  const auto config = load_config(settings);
  if (!config.has_value()) {
    return fail(config.error());
  }
  if (const Status found = require_shop(settings, *config); !found.has_value()) {
    return fail(found.error());
  }
  const auto opened = shop::Shop::open(paths, *config, system_clock(), system_random());
  if (!opened.has_value()) {
    return fail(opened.error());
  }
  const auto actor = commands::host_actor(admin::name_of_user(::getuid()));
  const int exit_code = commands::run(**opened, words, actor, output);
  (*opened)->export_audit_log();
  (*opened)->checkpoint_audit_log();
  return exit_code;
}

void add_common(CLI::App& command, Settings& settings) {
  command.add_option("--data", settings.data, "The shop's data folder")->capture_default_str();
  command.add_option(
      "--config", settings.config_file,
      "Settings; without it shop.toml in the data folder, where there is one, or the defaults");
  command
      .add_option("--store", settings.store,
                  "Where the records are: sqlite or postgres://user@host:5432/database; else what "
                  "the settings and the data folder say")
      ->check([](const std::string& place) {
        return place == "sqlite" || store::is_postgres_url(place)
                   ? std::string()
                   : std::string("must be sqlite or a postgres:// URL");
      });
}

int run_verify_command(const Settings& settings) {
  const auto config = load_config(settings);
  if (!config.has_value()) {
    return fail(config.error());
  }
  if (const Status found = require_shop(settings, *config); !found.has_value()) {
    return fail(found.error());
  }
  return run_verify(shop::Paths(settings.data), *config, settings.without_keys);
}

// The words of staff that begin with `first` (all of them when it is empty).
std::string words_footer(const std::string& first) {
  std::string footer = "Commands on a shop (in the serving core where there is one):\n";
  for (const auto& line : commands::usage()) {
    if (line.starts_with(first)) {
      footer += "  dermaga-core " + line + "\n";
    }
  }
  return footer + "Each takes --data DIR (default var).";
}

CLI::App* add_words_command(CLI::App& app, Settings& settings, const std::string& name,
                            const std::string& description) {
  auto* command = app.add_subcommand(name, description);
  add_common(*command, settings);
  command->footer(words_footer(name));
  command->prefix_command(false);
  command->allow_extras();
  command->callback([&settings, command, name] {
    settings.words = {name};
    const auto rest = command->remaining();
    settings.words.insert(settings.words.end(), rest.begin(), rest.end());
  });
  return command;
}

void add_words_commands(CLI::App& app, Settings& settings) {
  add_words_command(app, settings, "import", "Import a product or translation CSV file");
  add_words_command(app, settings, "orders", "List, show, cancel and fulfil orders");
  add_words_command(app, settings, "stock", "List and adjust stock");
  add_words_command(app, settings, "leases", "List and abandon the stock leases of spools");
  add_words_command(app, settings, "certificates",
                    "List the link's certificates, revoke stolen ones");
  add_words_command(app, settings, "approvals",
                    "Requests that wait for a second person: list, refuse, withdraw");
  add_words_command(app, settings, "audit",
                    "Look at the audit log of staff's acts, prove it whole");
  add_words_command(app, settings, "customers", "Show, export and erase whoever placed an order");
  add_words_command(app, settings, "card-vault",
                    "Whether shoppers save cards; delete every saved one");
  add_words_command(app, settings, "retention",
                    "How long persons are kept; erase who is kept longer now");
  add_words_command(app, settings, "staff", "The first owner's link, invitations, who may sign in");
  add_words_command(app, settings, "probe",
                    "Compare the storefront with the accepted build, accept another");
  add_words_command(app, settings, "keys",
                    "Rotate keys, wrap rows anew, destroy old keys, move the root");
}

int run(int argc, char** argv) {
  CLI::App app("Dermaga's private zone: orders, stock, payments, customers and keys",
               "dermaga-core");
  app.set_version_flag("--version", DERMAGA_VERSION);
  app.require_subcommand(1);
  Settings settings;

  auto* init = app.add_subcommand(
      "init", "Make keys, certificate authority, store and certificates; keeps what is there");
  auto* serve_command = app.add_subcommand("serve", "Serve the public zone until SIGTERM");
  for (auto* command : {init, serve_command}) {
    add_common(*command, settings);
    command->add_option("--port-base", settings.port_base, "First port of the shop")
        ->capture_default_str()
        ->check(CLI::Range(1024, 65000));
    command->add_option("--edges", settings.programs.edges, "Edges to make certificates for")
        ->capture_default_str()
        ->check(CLI::Range(0, 500));
    command->add_option("--spools", settings.programs.spools, "Spools to make certificates for")
        ->capture_default_str()
        ->check(CLI::Range(0, 4));
    command->add_option("--public-host", settings.programs.public_host,
                        "Host name of the storefront, besides localhost");
  }
  init->add_option("--assets", settings.assets,
                   "The storefront's build; a new shop's tamper probe takes it for the true one");
  serve_command->add_option("--link-address", settings.link_address, "Address the link listens on")
      ->capture_default_str();
  serve_command
      ->add_option("--admin-address", settings.admin_address,
                   "Address the admin console listens on: one of the private network")
      ->capture_default_str();
  serve_command->add_option("--console", settings.console,
                            "Folder of the built admin console; without it the API alone");
  serve_command->add_flag("--log-to-stderr", settings.log_to_stderr,
                          "Log lines to standard error instead of the data folder");
  auto* verify = app.add_subcommand(
      "verify", "Recompute every promise from the raw rows; exit 1 with the breaches listed");
  add_common(*verify, settings);
  verify->add_flag("--without-keys", settings.without_keys, "Leave sealed fields unopened");
  add_words_commands(app, settings);

  app.footer(words_footer(""));  // last, or every command would inherit it
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    std::cerr << "dermaga-core: " << wrong.what() << "; see dermaga-core --help\n";
    return 2;
  }
  if (init->parsed()) {
    return run_init(settings);
  }
  if (serve_command->parsed()) {
    return run_serve(settings);
  }
  if (verify->parsed()) {
    return run_verify_command(settings);
  }
  return run_command(settings);
}

}  // namespace

}  // namespace dermaga::core

int main(int argc, char** argv) {
  // Keys and personal data live in this process: no core dumps, no ptrace by other processes, and
  // nothing made here is readable by others.
  prctl(PR_SET_DUMPABLE, 0);
  umask(0077);
  return dermaga::core::run(argc, argv);
}
