#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "clock/clock.h"
#include "contract/audit.h"
#include "contract/catalog.h"
#include "contract/order.h"
#include "metrics/metrics.h"
#include "random/random.h"
#include "result/result.h"

namespace dermaga::edge_end {

struct LinkOptions {
  std::string target;       // "127.0.0.1:8445"
  std::string server_name;  // expected in core's certificate: "core.<shop>"
  std::string ca_file;
  std::string certificate_file;  // renewed in place by the link, daily
  std::string private_key_file;
  std::string role_uri;  // "dermaga://<shop>/public/edge"
  std::chrono::milliseconds call_timeout{10'000};
  std::chrono::milliseconds batch_window{2};
  std::size_t batch_orders_max = 1'000;
  std::size_t orders_in_flight_max = 20'000;  // more: 503 at once
  std::chrono::milliseconds renew_every{std::chrono::hours(24)};
  std::chrono::milliseconds renew_before{
      std::chrono::hours(24 * 6)};  // or when this little is left
  metrics::Registry* registry = nullptr;
  const Clock* clock = nullptr;  // null: the system's
  Random* random = nullptr;      // for jitter; null: the system's
};

// What the link tells the edge; called from the link's thread, one at a time.
class LinkListener {
 public:
  virtual ~LinkListener() = default;
  virtual void on_connected(bool connected) = 0;
  virtual void on_keys(const contract::EdgeKeys& keys) = 0;
  virtual void on_snapshot(contract::SignedSnapshot snapshot) = 0;  // signature not yet checked
  virtual void on_capacity(const contract::CapacityUpdate& update) = 0;
};

// The public end of the link. Reconnects by itself with backoff and jitter; a lost connection fails
// what was in flight with kUnavailable (outcome unknown: same key again is safe). Thread-safe.
// Callbacks run once each, on the link's threads; they must not block, and must not destroy the
// link.
class Link {
 public:
  // `known_version`: the version of the snapshot already on disk, 0 for none.
  static Result<std::unique_ptr<Link>> start(const LinkOptions& options,
                                             std::uint64_t known_version,
                                             std::shared_ptr<LinkListener> listener);
  virtual ~Link() = default;

  virtual bool connected() const = 0;

  // Coalesces with other callers (≤ batch_window or batch_orders_max) into one Orders.Place
  // message.
  virtual void place(contract::PlaceOrder order,
                     std::function<void(Result<contract::PlaceOutcome>)> done) = 0;
  virtual void order_view(OrderId id, std::string access_token,
                          std::function<void(Result<contract::OrderView>)> done) = 0;
  virtual void sealed_call(std::string box, UtcTime received_at,
                           std::function<void(Result<contract::SealedAnswer>)> done) = 0;
  virtual void fetch_asset(std::string sha256_hex,
                           std::function<void(Result<contract::Asset>)> done) = 0;
  virtual void witness(const contract::WitnessRequest& request,
                       std::function<void(Result<contract::WitnessAnswer>)> done) = 0;
};

}  // namespace dermaga::edge_end
