#pragma once

#include "outcome.h"
#include "records.h"
#include "sessions.h"

namespace dermaga::accounts {

// account.show, account.update, account.put_address, account.remove_address, account.set_consent:
// each answers the profile as it is afterwards.
// `is_export`: with what pages do not show.
Json show_profile(const Ports& ports, const CustomerId& customer, bool is_export = false);
Json update_profile(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json put_address(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json remove_address(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json set_consent(const Ports& ports, const Session& session, const order_box::OpenedCall& call);

}  // namespace dermaga::accounts
