#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "local_postgres/relay.h"
#include "store/store.h"

namespace dermaga::test_store {

bool on_postgres();

// The migrated store of a test's folder; new where the folder has none. Fails the test program
// where that cannot be.
std::unique_ptr<store::Database> open(const std::string& folder);

// The first column of the last row that this query finds. Fails the test program where there is
// none.
std::int64_t number(store::Connection& connection, std::string_view sql);

// On PostgreSQL only: the same store through a relay of its own, which must outlive it.
struct Relayed {
  std::unique_ptr<local_postgres::Relay> relay;
  std::unique_ptr<store::Database> database;
};
Relayed open_relayed(const std::string& folder);

}  // namespace dermaga::test_store
