#pragma once

#include <vector>

#include "planted/planted.h"
#include "report.h"
#include "shop.h"

namespace dermaga::simulation {

// One fault after the other is switched on and seeds are run until one of them breaks a promise, at
// most so many as the arguments allow; then no fault, with as many seeds, none of which may. Prints
// a line per fault, and returns the exit code: 1 when a fault was not caught.
int sweep_faults(const Shop& shop, const std::vector<const planted::Fault*>& faults,
                 const Arguments& arguments);

}  // namespace dermaga::simulation
