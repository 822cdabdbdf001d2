#pragma once

#include "config/config.h"
#include "shop/foundation.h"

namespace dermaga::core {

// `dermaga-core verify`: reads the store that the settings name without the folder's lock, also
// while core serves. Prints breaches and a summary; 0 when there is none, 1 otherwise, 2 when the
// check could not run.
int run_verify(const shop::Paths& paths, const config::Shop& config, bool without_keys);

}  // namespace dermaga::core
