#pragma once

#include <functional>
#include <string>

#include "clock/clock.h"
#include "contract/order.h"
#include "contract/spool.h"
#include "ids/ids.h"
#include "result/result.h"

namespace dermaga::store_api {

// What the store API needs of the link to core. Thread-safe; every `done` runs exactly once, from
// any thread, also when the link is down (kUnavailable) or silent for too long (kTimeout).
class OrderLink {
 public:
  virtual ~OrderLink() = default;

  virtual bool connected() const = 0;
  virtual void place(contract::PlaceOrder order,
                     std::function<void(Result<contract::PlaceOutcome>)> done) = 0;
  virtual void order_view(OrderId id, std::string access_token,
                          std::function<void(Result<contract::OrderView>)> done) = 0;
  virtual void sealed_call(std::string box, UtcTime received_at,
                           std::function<void(Result<contract::SealedAnswer>)> done) = 0;
};

// Where orders go while core is away (DESIGN §6.5). Thread-safe; every `done` runs exactly once,
// from any thread.
class OrderSpool {
 public:
  virtual ~OrderSpool() = default;

  // Placed: on the disks of as many spools as the shop asks for. kUnavailable or kTimeout where not
  // enough of them answered; the order may lie on some disk then, the same key again is safe.
  virtual void append(contract::SpoolOrder order,
                      std::function<void(Result<contract::PlaceOutcome>)> done) = 0;
  // An order that lies there undelivered. kNotFound only where every spool said so.
  virtual void order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) = 0;
};

}  // namespace dermaga::store_api
