#pragma once

#include <vector>

#include "result/result.h"
#include "shop_layout.h"

namespace dermaga::supervisor {

// kAlreadyExists with a sentence naming the first port that another program listens on.
Status check_ports_are_free(const std::vector<PortUse>& ports);

}  // namespace dermaga::supervisor
