#pragma once

#include <cstdint>
#include <string>

#include "config/config.h"
#include "shop/foundation.h"

namespace dermaga::core {

struct ServeOptions {
  shop::Paths paths;
  config::Shop config;
  std::uint16_t link_port = 0;
  std::uint16_t internal_port = 0;
  std::uint16_t admin_port = 0;
  std::string link_address = "127.0.0.1";
  std::string admin_address = "127.0.0.1";
  std::string console_folder;     // empty: the admin API alone
  shop::PublicPrograms programs;  // their certificates are kept fresh
  bool log_to_stderr = false;
};

// Serves until SIGTERM or SIGINT; returns the process's exit code.
int serve(const ServeOptions& options);

}  // namespace dermaga::core
