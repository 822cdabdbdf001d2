#include "test_store/test_store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>

#include "local_postgres/local_postgres.h"

namespace dermaga::test_store {
namespace {

// The server of this test program, from before its first test until after its last.
class Server final : public testing::Environment {
 public:
  void SetUp() override {
    if (!on_postgres()) {
      return;
    }
    auto started = local_postgres::LocalPostgres::start();
    if (!started.has_value()) {
      ASSERT_EQ(started.error().code(), ErrorCode::kNotFound) << started.error().message();
      GTEST_SKIP() << started.error().message();
    }
    server_ = *std::move(started);
  }
  void TearDown() override { server_.reset(); }

  const local_postgres::LocalPostgres& server() const { return *server_; }

  std::string url_of(const std::string& folder, const std::string& host = {}) {
    CHECK(server_ != nullptr);
    const auto [known, is_new] =
        schemas_.try_emplace(folder, "t" + std::to_string(schemas_.size()));
    if (is_new) {
      const auto plain = store::open_postgres({.url = server_->url()}).value();
      CHECK(plain->connect().value()->execute("CREATE SCHEMA " + known->second).has_value());
    }
    return server_->url(known->second, host);
  }

 private:
  std::unique_ptr<local_postgres::LocalPostgres> server_;
  std::map<std::string, std::string> schemas_;  // folder → schema
};

Server& server() {
  static auto* const made = static_cast<Server*>(testing::AddGlobalTestEnvironment(new Server));
  return *made;
}

[[maybe_unused]] const Server& made_before_main = server();

}  // namespace

bool on_postgres() {
  const char* const store = std::getenv("DERMAGA_TEST_STORE");
  return store != nullptr && std::string_view(store) == "postgres";
}

std::unique_ptr<store::Database> open(const std::string& folder) {
  auto database = on_postgres() ? store::open_postgres({.url = server().url_of(folder)})
                                : store::open_sqlite({.file = folder + "/core.db"});
  CHECK(database.has_value());
  CHECK(store::migrate(*(*database)->connect().value(), (*database)->dialect()).has_value());
  return *std::move(database);
}

std::int64_t number(store::Connection& connection, std::string_view sql) {
  std::optional<std::int64_t> value;
  const Status asked = connection.query(sql, {}, [&](const store::Row& row) -> Status {
    value = row.integer(0);
    return {};
  });
  CHECK(asked.has_value() && value.has_value());
  return *value;
}

Relayed open_relayed(const std::string& folder) {
  auto relay = local_postgres::Relay::start(server().server().folder()).value();
  auto database = store::open_postgres({.url = server().url_of(folder, relay->folder())}).value();
  return {.relay = std::move(relay), .database = std::move(database)};
}

}  // namespace dermaga::test_store
