#pragma once

#include "checker.h"
#include "contract/order.h"

namespace dermaga::wire {

// Orders and their outcomes to protobuf and back; the readers report to the checker.
void put_order(const contract::PlaceOrder& order, v1::PlaceOrder* out);
contract::PlaceOrder read_order(const v1::PlaceOrder& in, Checker& checker);

// Sizes and ranges of an order in either direction.
void check_order_fields(const contract::PlaceOrder& order, Checker& checker);

void put_outcome(const contract::PlaceOutcome& outcome, v1::PlaceOutcome* out);
contract::PlaceOutcome read_outcome(const v1::PlaceOutcome& in, Checker& checker);

void put_view(const contract::OrderView& view, v1::OrderView* out);
contract::OrderView read_view(const v1::OrderView& in, Checker& checker);

void put_refused(const contract::Refused& refused, v1::Refused* out);
contract::Refused read_refused(const v1::Refused& in, Checker& checker);

}  // namespace dermaga::wire
