#pragma once

#include <string>
#include <string_view>

#include "clock/clock.h"
#include "options.h"
#include "random/random.h"
#include "result/result.h"
#include "sealing/sealing.h"
#include "shop.h"

namespace dermaga::buyer {

// An order that is ready to be sent, as often as it takes.
struct PreparedOrder {
  std::string idempotency_key;
  std::string body;
  std::string body_sha256_hex;
  std::string variant_id;
  std::int64_t quantity = 1;
};

// Makes orders of one variant on one set of terms. Thread-safe; what it is given outlives it.
class OrderMaker {
 public:
  struct Parts {
    const Options& options;
    const Variant& variant;
    const Terms& terms;
    const sealing::PublicKey& shop_key;
    const sealing::PublicKey& reply_key;
  };
  OrderMaker(const Parts& parts, const Clock& clock, Random& random)
      : parts_(parts), clock_(clock), random_(random) {}

  Result<PreparedOrder> make() const;

 private:
  std::string order_text(const std::string& idempotency_key) const;

  Parts parts_;
  const Clock& clock_;
  Random& random_;
};

struct CallText {
  std::string_view method;  // "order.read"
  std::string_view order_id;
  std::string_view access_token;
  std::string_view code;  // payment.challenge only
};
Result<std::string> seal_call(const CallText& call, const sealing::PublicKey& shop_key,
                              const sealing::PublicKey& reply_key, const Clock& clock,
                              Random& random);

}  // namespace dermaga::buyer
