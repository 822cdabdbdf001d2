#pragma once

#include <cstdint>
#include <string>

namespace dermaga::spool {

struct ServeOptions {
  std::string data;
  std::string core;  // HOST:PORT of the link; empty: 127.0.0.1:port_base+5
  std::string bind = "127.0.0.1";
  int port_base = 8440;
  int number = 1;
  std::uint64_t orders_max = 500'000;
  std::uint64_t log_mib_max = 4'096;
  std::uint64_t free_mib_min = 64;
  bool leases = true;
  bool drain = false;
  bool log_to_stderr = false;
};

// Serves until SIGTERM or SIGINT, or until it is empty where it drains; the exit status.
int serve(const ServeOptions& options);

}  // namespace dermaga::spool
