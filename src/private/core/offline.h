#pragma once

#include <string_view>

#include "shop/foundation.h"

namespace dermaga::core {

// `dermaga-core verify`: reads the store (named as in the settings) without the folder's lock, also
// while core serves. Prints breaches and a summary; 0 when there is none, 1 otherwise, 2 when the
// check could not run.
int run_verify(const shop::Paths& paths, std::string_view store, bool without_keys);

}  // namespace dermaga::core
