#pragma once

#include "json/writer.h"
#include "outcome.h"
#include "records.h"
#include "sessions.h"

namespace dermaga::accounts {

// account.save_card and account.remove_card: each answers the profile as it is afterwards.
Json save_card(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json remove_card(const Ports& ports, const Session& session, const order_box::OpenedCall& call);

// The profile's "cards".
Status write_cards(json::Writer& writer, store::Connection& connection, const Ports& ports,
                   const CustomerId& account, const vault::FieldKey& key);

}  // namespace dermaga::accounts
