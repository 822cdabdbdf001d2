#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace dermaga::test_store {

bool on_postgres();

// The migrated store of a test's folder; new where the folder has none. Fails the test program
// where that cannot be.
std::unique_ptr<store::Database> open(const std::string& folder);

}  // namespace dermaga::test_store
