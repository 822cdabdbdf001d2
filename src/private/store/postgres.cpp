#include <libpq-fe.h>

#include <memory>
#include <mutex>

#include "postgres_connection.h"
#include "postgres_session.h"
#include "store/store.h"

namespace dermaga::store {
namespace {

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(PostgresOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<Connection>> connect() override { return open(false); }
  Result<std::unique_ptr<Connection>> connect_read_only() override { return open(true); }
  std::string_view dialect() const override { return "postgresql"; }
  bool is_shared() const override { return true; }

 private:
  Result<std::unique_ptr<Connection>> open(bool read_only) const {
    auto session = PostgresSession::open(options_, read_only);
    if (!session.has_value()) {
      return std::unexpected(
          std::move(session).error().with_context("open " + place_of(options_.url)));
    }
    return std::make_unique<PostgresConnection>(options_, read_only, *std::move(session));
  }

  const PostgresOptions options_;
};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using ParsedUrl = std::unique_ptr<PQconninfoOption, FreeOptions>;

std::string value_of(const ParsedUrl& parsed, std::string_view keyword) {
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->keyword == keyword) {
      return option->val == nullptr ? "" : option->val;
    }
  }
  return {};
}

// Null where it cannot be read. What libpq says then may quote the password, so it is dropped; and
// a password with a bare @ or / would be taken for a part of the place.
ParsedUrl parse(std::string_view url) {
  char* message = nullptr;
  ParsedUrl parsed(PQconninfoParse(std::string(url).c_str(), &message));
  PQfreemem(message);
  for (const std::string_view keyword : {"host", "port", "dbname"}) {
    if (parsed != nullptr && value_of(parsed, keyword).contains('@')) {
      return nullptr;
    }
  }
  return parsed;
}

}  // namespace

bool is_postgres_url(std::string_view url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

bool has_password(std::string_view postgres_url) {
  const ParsedUrl parsed = parse(postgres_url);
  return parsed != nullptr && !value_of(parsed, "password").empty();
}

std::string place_of(std::string_view postgres_url) {
  const ParsedUrl parsed = parse(postgres_url);
  if (parsed == nullptr) {
    return "postgres://?";
  }
  const std::string port = value_of(parsed, "port");
  return "postgres://" + value_of(parsed, "host") + (port.empty() ? "" : ":" + port) + "/" +
         value_of(parsed, "dbname");
}

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options) {
  if (!is_postgres_url(options.url) || parse(options.url) == nullptr) {
    return make_error(
        ErrorCode::kInvalidArgument,
        "the database URL cannot be read; it looks like "
        "postgres://user@host:5432/database (the user's password in ~/.pgpass; in the URL, "
        "write @ as %40 and / as %2F)");
  }
  auto database = std::make_unique<PostgresDatabase>(options);
  RETURN_IF_ERROR(database->connect());  // tells at once what is wrong with the server
  return database;
}

}  // namespace dermaga::store
