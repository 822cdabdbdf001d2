#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "boxes.h"
#include "journal.h"
#include "options.h"

namespace dermaga::buyer {

// What became of one order.
struct Outcome {
  int status = 0;    // of the last answer; 0: none came, the outcome is unknown
  std::string code;  // of the problem; of the transport's error when there was no answer
  std::string order_id;
  std::string access_token;
  std::string order_status;  // the order's own: "open", "pending_acceptance", …
  bool replayed = false;
  std::chrono::microseconds latency{};  // of the last attempt
};

// False for answers after which the same request may still succeed: none, 429, 5xx, a key in
// flight.
bool is_definite(const Outcome& outcome);

struct LoadResult {
  std::vector<Outcome> outcomes;  // in the order of `orders`
  std::size_t replays = 0;        // replayed answers to --repeat, beside the outcomes
  std::chrono::microseconds duration{};
};

// Places every order over options.concurrency connections, at options.rate starts per second.
// `journal` may be null. An error only when the journal could not be written.
Result<LoadResult> place_all(const Options& options, const std::vector<PreparedOrder>& orders,
                             Journal* journal);

}  // namespace dermaga::buyer
