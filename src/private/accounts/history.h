#pragma once

#include "outcome.h"
#include "sessions.h"

namespace dermaga::accounts {

// account.orders, account.order, account.cancel_order, account.export.
Json list_orders(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json show_order(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json cancel_order(const Ports& ports, const Session& session, const order_box::OpenedCall& call);
Json export_all(const Ports& ports, const Session& session, const order_box::OpenedCall& call);

}  // namespace dermaga::accounts
