#pragma once

#include <optional>
#include <string>
#include <variant>

namespace dermaga::supervisor {

struct UpOptions {
  std::string data = "var";
  int port_base = 8440;
  std::string config_file;  // empty: shop.toml in the data folder, where there is one
  std::string store;        // "sqlite" or "postgres://…"; "": what settings and data folder say
  int edges = 1;
  std::optional<int> spools;  // none: as many as at the last start, or one
  bool detach = false;
  bool json = false;
  std::string assets;   // the storefront's built scripts; empty: beside the build
  std::string console;  // the built admin console; empty: beside the build
  std::string samples;  // the sample catalog for a new shop; empty: in the source tree
};

struct DownOptions {
  std::string data = "var";
};

struct StatusOptions {
  std::string data = "var";
  bool json = false;
};

// What to print instead of running: help, version, or what is wrong with the command line.
struct Message {
  std::string text;
  int exit_code = 0;
};

using Command = std::variant<UpOptions, DownOptions, StatusOptions, Message>;

// `usage_of_others` is shown in the help below the commands parsed here.
Command parse_command_line(int argc, const char* const* argv, const std::string& usage_of_others);

// Runs the command to its end; the process's exit code. dermaga-core, dermaga-edge and
// dermaga-spool are looked for beside the running binary.
int run(const Command& command);

}  // namespace dermaga::supervisor
