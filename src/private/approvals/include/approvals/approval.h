#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/audit.h"
#include "clock/clock.h"
#include "ids/ids.h"
#include "result/result.h"
#include "roles/roles.h"

namespace dermaga::approvals {

// As stored: numbers are never given anew.
enum class Kind : std::uint8_t { kOrderRefund = 1, kOrderCancel = 2, kKeyDestroy = 3 };
enum class State : std::uint8_t {
  kWaiting = 1,
  kApproved = 2,  // agreed to; done by now, or about to be: core may have ended between
  kDone = 3,
  kRefused = 4,
  kWithdrawn = 5,
  kExpired = 6,
};

std::string_view name(Kind kind);  // "order.refund"
std::string_view name(State state);
std::optional<State> state_from(std::string_view name);
// All that the act itself wants, of whoever asks and of whoever agrees.
const roles::PermissionSet& permissions_for(Kind kind);

// What exactly will be done.
struct Deed {
  Kind kind = Kind::kOrderRefund;
  std::string subject;      // the order's id, the KEK's version
  std::int64_t amount = 0;  // in the order's minor units; 0: all that is left, or none is meant
  // Of a refund the currency, of a cancellation the word that the shopper sees.
  std::string detail;

  friend bool operator==(const Deed&, const Deed&) = default;
};

struct Requester {
  audit::Actor actor;
  StaffId staff;  // of a token: who made it; empty: the private host
};

struct Request {
  Deed deed;
  std::string key;  // the Idempotency-Key; empty: kind and subject tell it from others
  Requester by;
  std::string reason;
};

struct Approval {
  std::int64_t number = 0;
  ApprovalId id;
  Deed deed;
  std::string requested_by;  // as the audit log names them
  StaffId requester;
  std::string reason;
  UtcTime requested_at;
  UtcTime expires_at;
  State state = State::kWaiting;
  std::string decided_by;  // empty while it waits
  std::string decided_reason;
  UtcTime decided_at;
  std::int64_t version = 0;
};

struct Decider {
  audit::Actor actor;
  StaffId staff;  // empty: the private host
  roles::PermissionSet permissions;
  bool is_person = false;  // who signed in, and gave a second factor within the last minutes
};

// Why nothing was agreed to, where it is not for want of a right.
enum class Refusal : std::uint8_t {
  kOwnRequest,           // theirs, or that of a token they made
  kRequesterNotAllowed,  // who asked may not do it any more; the request is refused by it
  kOver,                 // somebody decided before, or it expired
  kActRefused,           // the act cannot be done; the request is refused by it
};

struct Outcome {
  Approval approval;  // as it is now
  std::optional<Refusal> refusal;
  std::optional<Error> error;  // of kActRefused
};

}  // namespace dermaga::approvals
