#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "clock/clock.h"
#include "contract/catalog.h"
#include "edge_node/edge_link.h"
#include "http/server.h"
#include "metrics/metrics.h"
#include "result/result.h"
#include "store_api/store_api.h"
#include "storefront/storefront.h"

namespace dermaga::edge_node {

struct NodeOptions {
  std::string data_folder;     // exists; only this edge writes in it
  std::string assets_folder;   // the web build; empty: none
  bool access_log = false;     // one line per request, without query strings
  bool log_addresses = false;  // with the peer's address
  store_api::StoreApiOptions api;
  metrics::Registry* registry = nullptr;  // required
};

// One edge. The on_… functions are what the link calls, one at a time; everything else is
// thread-safe. Views are built on a thread of its own.
class Node {
 public:
  // Loads keys and catalog from the folder where they are there and hold; a folder without them
  // is a new edge, not an error. `link`, `storefront` and `clock` outlive the node.
  static Result<std::unique_ptr<Node>> open(const NodeOptions& options, EdgeLink& link,
                                            const storefront::Storefront& storefront,
                                            const Clock& clock);
  virtual ~Node() = default;

  // Version of the catalog that was loaded from disk, 0 for none.
  virtual std::uint64_t loaded_version() const = 0;

  virtual void on_connected(bool connected) = 0;
  virtual void on_keys(const contract::EdgeKeys& keys) = 0;
  virtual void on_snapshot(contract::SignedSnapshot snapshot) = 0;
  virtual void on_capacity(const contract::CapacityUpdate& update) = 0;

  // Shoppers' requests; /metrics, /healthz and /readyz for the private monitoring port.
  virtual std::shared_ptr<http::Handler> public_handler() = 0;
  virtual std::shared_ptr<http::Handler> internal_handler() = 0;
  // Whether /readyz says yes: listeners run (the program says so) and a catalog is loaded.
  virtual void set_listening(bool listening) = 0;
};

}  // namespace dermaga::edge_node
