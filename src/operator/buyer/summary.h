#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "load.h"

namespace dermaga::buyer {

// What a run came to.
struct Summary {
  std::size_t sent = 0;
  std::size_t placed = 0;              // 201
  std::size_t replayed = 0;            // answered before, to --repeat too
  std::size_t pending_acceptance = 0;  // 202
  std::size_t out_of_stock = 0;
  std::size_t unknown = 0;                   // no answer
  std::map<std::string, std::size_t> other;  // by problem code
  double p50_ms = 0;                         // over every answer
  double p99_ms = 0;
  double seconds = 0;
};

Summary summarize(const LoadResult& result);

// Every order was placed, taken for later or out of stock.
bool is_clean(const Summary& summary);

// What was followed of a single order.
struct Followed {
  std::string order_id;
  std::string access_token;
  std::string status;
  std::string payment_status;
  bool core_away = false;  // sold from a stock lease: core will take the payment
  bool read_back = false;
};

std::string to_json(const Summary& summary, const std::optional<Followed>& followed);
std::string to_words(const Summary& summary);

}  // namespace dermaga::buyer
