#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "approvals/approvals.h"
#include "config/config.h"
#include "contract/order.h"
#include "key_custody/key_custody.h"
#include "money/money.h"
#include "orders/orders.h"
#include "result/result.h"

namespace dermaga::shop {

// What was done at once, or a request that waits for a second person.
template <typename Done>
using DoneOrAsked = std::variant<Done, approvals::Approval>;

// The acts that a second person may have to agree to, by the settings. Staff's ways into core come
// here with them, and nowhere else. Thread-safe.
class FourEyes {
 public:
  // All must outlive it.
  struct Ports {
    store::Database& database;
    vault::Vault& vault;
    audit::AuditLog& audit_log;
    orders::OrderService& orders;
    const Clock& clock;
    Random& random;
  };
  FourEyes(const Ports& ports, const config::FourEyes& rules, Currency currency);

  // As in OrderService. A key that asked for an approval is answered with it, unless it came to
  // nothing.
  Result<DoneOrAsked<contract::OrderView>> refund(const orders::RefundRequest& request,
                                                  const approvals::Requester& by);
  Result<DoneOrAsked<contract::OrderView>> cancel(const OrderId& id, std::string_view reason,
                                                  const approvals::Requester& by,
                                                  const orders::CancelOptions& options = {});
  // As in KeyCustody.
  Result<DoneOrAsked<std::monostate>> destroy_key(std::uint32_t version, std::string_view reason,
                                                  const approvals::Requester& by);

  approvals::Approvals& approvals() { return approvals_; }

 private:
  Result<approvals::Approval> ask_refund(const orders::RefundRequest& request,
                                         const approvals::Requester& by);
  key_custody::KeyCustody custody();
  Status perform(const approvals::Approval& approval, const audit::Actor& actor);
  Status passing_or_not(const OrderId& id, const Error& error);
  Status destroy_agreed(const approvals::Approval& approval, const audit::Actor& actor);

  Ports ports_;
  config::FourEyes rules_;
  Money sum_max_;
  approvals::Approvals approvals_;
};

}  // namespace dermaga::shop
