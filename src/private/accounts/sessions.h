#pragma once

#include <string>

#include "accounts/ports.h"
#include "outcome.h"

namespace dermaga::accounts {

struct Session {
  CustomerId customer;
  std::string secret_hash;
  UtcTime last_seen_at;
};

// Nothing where the secret is unknown, over, or not of this reply key.
Result<std::optional<Session>> find_session(store::Connection& connection, const Ports& ports,
                                            const vault::SessionSecret& secret,
                                            const std::string& reply_thumbprint);
// The same for a call: session_ended else.
Outcome<Session> require_session(const Ports& ports, const order_box::OpenedCall& call);
// A session in use lives on. Writes at most once an hour.
Status keep_alive(const Ports& ports, const Session& session);

// Signs in, in the caller's transaction; JSON of the session as callers get it.
Result<std::string> put_session(store::Connection& connection, const Ports& ports,
                                const CustomerId& customer, const std::string& reply_thumbprint);
// Whether this browser has signed in to the account within the last 180 days.
Result<bool> is_known_key(store::Connection& connection, const CustomerId& customer,
                          const std::string& reply_thumbprint, UtcTime now);
// {"token":…,"token_expires_at":…}
std::string token_json(const Ports& ports, const CustomerId& customer);

}  // namespace dermaga::accounts
