#pragma once

#include "json/writer.h"
#include "outcome.h"
#include "records.h"
#include "sessions.h"

namespace dermaga::accounts {

// Passkeys of shoppers. Challenges are not stored: each is a time, a random part and a MAC over
// both and over whom it was given to, good for five minutes and, since what was answered is
// remembered, once.

// account.passkey_options, account.sign_in_with_passkey.
Json passkey_options(const Ports& ports);
Json sign_in_with_passkey(const Ports& ports, const order_box::OpenedCall& call);
// account.passkey_registration_options, after the password was asked again.
Json registration_options(const Ports& ports, const AccountRow& account);
// account.add_passkey, account.remove_passkey.
Json add_passkey(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json remove_passkey(const Ports& ports, const Session& session, const order_box::OpenedCall& call);

Status write_passkeys(json::Writer& writer, store::Connection& connection,
                      const CustomerId& customer, const vault::FieldKey& key);

}  // namespace dermaga::accounts
