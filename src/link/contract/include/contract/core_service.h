#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/audit.h"
#include "contract/catalog.h"
#include "contract/order.h"
#include "result/result.h"

namespace dermaga::contract {

// Stops a subscription when destroyed; afterwards the callback is not running and never runs again.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

// What core does for the public zone: the methods of link.proto as core implements them. Called by
// the link's server from its own threads; implementations are thread-safe and bounded.
class CoreService {
 public:
  virtual ~CoreService() = default;

  // One batch in, as many outcomes out in the same order, once, possibly from another thread.
  // Every "Placed" is durable before `done` runs. Overload is an outcome per order (503), not an
  // error.
  virtual void place_orders(std::vector<PlaceOrder> batch,
                            std::function<void(std::vector<PlaceOutcome>)> done) = 0;

  // kNotFound for an unknown order; kForbidden for a wrong access token.
  virtual Result<OrderView> order_view(const OrderId& id, const std::string& access_token) = 0;

  virtual void sealed_call(std::string box, UtcTime received_at,
                           std::function<void(SealedAnswer)> done) = 0;

  // The newest signed snapshot, and a call for each later one.
  virtual std::shared_ptr<const SignedSnapshot> snapshot() = 0;
  virtual std::unique_ptr<Subscription> on_snapshot(
      std::function<void(std::shared_ptr<const SignedSnapshot>)> changed) = 0;

  // The first call comes at once and is complete; later ones are changes, at most 100 ms late.
  virtual std::unique_ptr<Subscription> on_capacity(
      std::function<void(const CapacityUpdate&)> changed) = 0;

  virtual EdgeKeys edge_keys() = 0;
  // kNotFound unless the published catalog refers to it.
  virtual Result<Asset> asset(const std::string& sha256_hex) = 0;

  // Who asks for a new certificate.
  struct Renewing {
    std::string role_uri;
    std::string certificate_pem;  // the present one
  };
  // Signs a PKCS#10 request for the same role as the caller's present certificate, 7 days.
  virtual Result<std::string> renew_certificate(const std::string& request_pem,
                                                const Renewing& caller) = 0;

  // Keeps the cosignature with its checkpoint where it is one, and answers with the newest. A
  // cosignature that does not fit is no error: whoever sent it has to see the newest checkpoint.
  virtual Result<WitnessAnswer> witness(const WitnessRequest& request) = 0;
};

}  // namespace dermaga::contract
