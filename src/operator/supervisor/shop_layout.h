#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "spool_numbers.h"
#include "supervisor/supervisor.h"

namespace dermaga::supervisor {

// Offsets from --port-base.
inline constexpr int kEdgeHttpOffset = 0;
inline constexpr int kAdminOffset = 1;
inline constexpr int kEdgeHttpsOffset = 3;
inline constexpr int kLinkOffset = 5;
inline constexpr int kCoreInternalOffset = 10;
inline constexpr int kEdgeInternalOffset = 20;  // plus the edge's number, from 1
inline constexpr int kEdgesMax = 200;
inline constexpr int kSpoolOffset = 5;           // plus the spool's number, from 1
inline constexpr int kSpoolInternalOffset = 10;  // plus the spool's number

// One program under supervision.
struct Program {
  std::string name;                  // "core", "spool-1", "edge-1"
  std::vector<std::string> command;  // absolute path first
  std::string log_file;              // standard output and error, appended
  int health_port = 0;               // answers GET /readyz on loopback
  bool ends = false;  // with status 0 when its work is done; nothing waits until it is ready
};

struct PortUse {
  int port;
  std::string purpose;
};

// Folders, ports, commands and addresses of one shop: everything that follows from the options.
class ShopLayout {
 public:
  // `programs_folder` holds the other programs; paths in the options may be relative.
  ShopLayout(UpOptions options, std::string programs_folder);

  const std::string& data() const { return options_.data; }
  int port_base() const { return options_.port_base; }
  std::string run_folder() const { return data() + "/run"; }
  std::string lock_file() const { return run_folder() + "/lock"; }
  std::string state_file() const { return run_folder() + "/up.json"; }
  // Exists from before a new shop's first start until its sample catalog is in.
  std::string import_pending_file() const { return run_folder() + "/import-pending"; }
  // The settings that a new shop with the sample catalog gets; empty where others are named.
  std::string sample_settings() const;
  std::string settings_file() const { return data() + "/shop.toml"; }
  std::string supervisor_log() const { return run_folder() + "/up.log"; }
  std::string private_folder() const { return data() + "/private"; }
  std::string setup_log() const { return private_folder() + "/log/setup.out"; }
  std::string ca_file() const { return private_folder() + "/pki/ca.crt"; }
  std::string edge_folder(int number) const;
  const SpoolNumbers& spools() const { return spools_; }

  std::vector<std::string> log_folders() const;
  std::vector<PortUse> ports() const;
  // name → address, in the order to show them.
  std::vector<std::pair<std::string, std::string>> addresses() const;

  std::vector<std::string> init_command() const;
  // Prints the first owner's one-time link; fails once that owner has enrolled.
  std::vector<std::string> owner_link_command() const;
  std::string owner_link_file() const { return run_folder() + "/owner-link"; }
  // In the order to run them; each ends by itself.
  std::vector<std::vector<std::string>> import_commands() const;
  // In the order to start them.
  std::vector<Program> programs() const;

 private:
  std::string core() const { return programs_folder_ + "/dermaga-core"; }
  Program spool(int number) const;
  // Serving and draining.
  std::vector<int> all_spools() const;
  Program edge(int number) const;
  std::vector<std::string> counts() const;
  std::vector<std::string> with_settings(std::vector<std::string> command) const;

  UpOptions options_;
  std::string programs_folder_;
  SpoolNumbers spools_;
};

// The folder of the running binary.
std::string own_folder();

}  // namespace dermaga::supervisor
