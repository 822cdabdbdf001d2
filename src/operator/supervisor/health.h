#pragma once

#include <cstdint>
#include <optional>

namespace dermaga::supervisor {

struct Health {
  bool answers = false;                            // /readyz answered
  bool ready = false;                              // with 200
  std::optional<std::int64_t> undelivered_orders;  // where it says how many
};

// What GET http://127.0.0.1:<port>/readyz answers within a second.
Health look_at_health(int port);

}  // namespace dermaga::supervisor
