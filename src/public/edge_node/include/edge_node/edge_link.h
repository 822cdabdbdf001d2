#pragma once

#include <functional>
#include <string>

#include "contract/catalog.h"
#include "result/result.h"
#include "store_api/order_link.h"

namespace dermaga::edge_node {

// What an edge asks of core. As for OrderLink: thread-safe, every `done` runs exactly once.
class EdgeLink : public store_api::OrderLink {
 public:
  virtual void fetch_asset(std::string sha256_hex,
                           std::function<void(Result<contract::Asset>)> done) = 0;
};

}  // namespace dermaga::edge_node
