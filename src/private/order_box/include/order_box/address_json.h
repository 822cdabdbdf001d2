#pragma once

#include "order_box/order_box.h"
#include "vault/secret.h"

namespace dermaga::order_box {

// The address as one JSON text with all its members, to be sealed as one field.
vault::SecretText address_json(const ShippingAddress& address);

}  // namespace dermaga::order_box
