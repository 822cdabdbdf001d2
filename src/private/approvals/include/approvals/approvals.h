#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "approvals/approval.h"
#include "random/random.h"
#include "store/database.h"

namespace dermaga::approvals {

inline constexpr std::int64_t kWaitingMax = 1'000;

// Everything it uses; must outlive it.
struct Ports {
  store::Database& database;
  const Clock& clock;
  Random& random;
  std::chrono::hours waits{72};  // how long a request waits
  // What a person may do now; nothing unless active. In the caller's transaction.
  std::function<Result<roles::PermissionSet>(store::Connection&, const StaffId&)> permissions_now;
  // Does what was agreed to, in the name of whoever agreed. Done again for the same approval it
  // changes nothing: core may have ended right after it.
  std::function<Status(const Approval&, const audit::Actor&)> perform;
};

struct ApprovalQuery {
  std::optional<State> state;
  std::optional<std::int64_t> before;  // numbers below this one
  std::size_t limit = 50;
};
struct ApprovalPage {
  std::vector<Approval> items;              // newest first
  std::optional<std::int64_t> next_before;  // pass as `before` for the next page
};

// Requests that a second person must agree to. Each step stands in the audit log, in its own
// transaction. Thread-safe.
class Approvals {
 public:
  explicit Approvals(Ports ports) : ports_(std::move(ports)) {}

  // The same request again gives the same approval: while it is open, and where it has a key also
  // when it was done. What came to nothing may be asked anew. kAlreadyExists for another request
  // under the key, kOverloaded where kWaitingMax wait.
  Result<Approval> ask(const Request& request);
  Result<std::optional<Approval>> asked_under(std::string_view key);

  // kNotFound. kForbidden for whoever is no person, or may not do the act themselves. What was
  // approved and not done is done now. Errors that may pass leave it approved, to be tried again.
  Result<Outcome> approve(const ApprovalId& id, const Decider& decider, std::string_view reason);
  // Of a waiting one. kNotFound, kForbidden as above; the private host may.
  Result<Outcome> refuse(const ApprovalId& id, const Decider& decider, std::string_view reason);
  // By whoever asked; kForbidden for others.
  Result<Outcome> withdraw(const ApprovalId& id, const Decider& decider);

  Result<Approval> find(const ApprovalId& id);
  Result<ApprovalPage> list(const ApprovalQuery& query);
  Result<std::int64_t> waiting();
  // Ends those that waited for too long.
  Status expire_due();

 private:
  Result<Outcome> claim(const ApprovalId& id, const Decider& decider, std::string_view reason);
  Result<Outcome> perform(const Approval& approval, const Decider& decider);
  Result<Outcome> settle(const ApprovalId& id, const Decider& decider, const Status& done);

  Ports ports_;
};

}  // namespace dermaga::approvals
