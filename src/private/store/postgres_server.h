#pragma once

#include <string>

#include "result/result.h"

struct pg_conn;

namespace dermaga::store {

// What a server says about itself.
struct ServerFacts {
  int version = 0;  // server_version_num
  std::string fsync;
  std::string full_page_writes;
  std::string synchronous_commit;
  std::string synchronous_standby_names;
  std::string encoding;
  bool in_recovery = false;
};

// Refuses a server that would forget what it confirmed, or is none that can be written to.
Status check_server(const ServerFacts& facts);

}  // namespace dermaga::store
