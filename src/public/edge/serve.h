#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dermaga::edge {

struct ServeOptions {
  std::string data;
  std::string assets;
  std::string core;                 // HOST:PORT of the link; empty: 127.0.0.1:port_base+5
  std::vector<std::string> spools;  // "spool-1=HOST:PORT", the same on every edge
  int spool_copies = 0;             // 0: on more than half of the spools
  std::string public_url;
  std::vector<std::string> bind;  // addresses of the HTTPS listener; empty: loopback
  int port_base = 8440;
  int number = 1;
  unsigned threads = 0;  // 0: one per processor
  bool access_log = false;
  bool access_log_addresses = false;
  bool log_to_stderr = false;
  int audit_witness_seconds = 60;  // how often core's audit log is looked at
};

// Serves until SIGTERM or SIGINT; the exit status of the program.
int serve(const ServeOptions& options);

}  // namespace dermaga::edge
