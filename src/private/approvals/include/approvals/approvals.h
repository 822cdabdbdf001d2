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
inline constexpr std::int64_t kWaitingOfOneMax = 50;  // of one person; of the private host
// What was approved and is not done by then, core does by itself.
inline constexpr std::chrono::minutes kDoneWithin{1};

// Everything it uses; must outlive it.
struct Ports {
  store::Database& database;
  const Clock& clock;
  Random& random;
  std::chrono::hours waits{72};  // how long a request waits
  // What a person may do now; nothing unless active. In the caller's transaction.
  std::function<Result<roles::PermissionSet>(store::Connection&, const StaffId&)> permissions_now;
  // Does what was agreed to, in the name of whoever agreed. Done again for the same approval it
  // changes nothing: core may have ended right after it. Errors that may pass are retryable ones.
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
  // under the key, kOverloaded where kWaitingMax wait, or kWaitingOfOneMax of theirs.
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
  // Those that wait, and those that were approved and are not done.
  Result<std::int64_t> open_count();
  // What core does every minute: ends those that waited for too long, and does those that were
  // approved and not done, which may fail again and stay.
  Status tend();

 private:
  Result<Outcome> claim(const ApprovalId& id, const Decider& decider, std::string_view reason);
  Result<Outcome> perform(const Approval& approval, const audit::Actor& actor);
  Result<Outcome> settle(const Approval& claimed, const audit::Actor& actor, const Status& done);
  Status expire_due(store::Connection& connection);
  Status finish(const ApprovalId& id);

  Ports ports_;
};

}  // namespace dermaga::approvals
