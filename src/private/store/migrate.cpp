#include <algorithm>
#include <charconv>
#include <set>

#include "migrations_embedded.h"
#include "store/store.h"

namespace dermaga::store {
namespace {

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void replace_word(std::string& text, std::string_view from, std::string_view to) {
  std::size_t at = 0;
  while ((at = text.find(from, at)) != std::string::npos) {
    const bool starts = at == 0 || !is_word(text[at - 1]);
    const std::size_t end = at + from.size();
    if (starts && (end == text.size() || !is_word(text[end]))) {
      text.replace(at, from.size(), to);
      at += to.size();
    } else {
      at = end;
    }
  }
}

// Single statements, without comments.
std::vector<std::string> split_statements(std::string_view script) {
  std::vector<std::string> statements;
  std::string current;
  bool quoted = false;
  for (std::size_t i = 0; i < script.size(); ++i) {
    const char c = script[i];
    if (!quoted && script.substr(i, 2) == "--") {
      i = std::min(script.find('\n', i), script.size() - 1);
      current += '\n';
      continue;
    }
    if (c == '\'') {
      quoted = !quoted;
    }
    if (c == ';' && !quoted) {
      statements.push_back(std::move(current));
      current.clear();
      continue;
    }
    current += c;
  }
  statements.push_back(std::move(current));
  std::erase_if(statements, [](const std::string& statement) {
    return statement.find_first_not_of(" \t\r\n") == std::string::npos;
  });
  return statements;
}

int number_of(std::string_view file_name) {
  int number = -1;
  const auto parsed =
      std::from_chars(file_name.data(), file_name.data() + file_name.size(), number);
  CHECK(parsed.ec == std::errc() && number >= 0);  // the build named the file wrongly
  return number;
}

Result<bool> has_schema(Connection& connection, std::string_view dialect) {
  const std::string_view sql =
      dialect == "sqlite"
          ? "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'"
          : "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename "
            "= "
            "'schema_migrations'";
  bool found = false;
  RETURN_IF_ERROR(connection.query(sql, {}, [&found](const Row&) -> Status {
    found = true;
    return {};
  }));
  return found;
}

Result<std::set<int>> applied_migrations(Connection& connection, std::string_view dialect) {
  std::set<int> applied;
  ASSIGN_OR_RETURN(const bool exists, has_schema(connection, dialect));
  if (!exists) {
    return applied;
  }
  RETURN_IF_ERROR(connection.query("SELECT version FROM schema_migrations", {},
                                   [&applied](const Row& row) -> Status {
                                     applied.insert(static_cast<int>(row.integer(0)));
                                     return {};
                                   }));
  return applied;
}

Status apply(Connection& connection, std::string_view dialect, const EmbeddedText& migration) {
  ASSIGN_OR_RETURN(auto transaction, Transaction::begin(connection));
  // Several processes may start on one new database: the first one does it.
  RETURN_IF_ERROR(connection.claim("migrate", true));
  ASSIGN_OR_RETURN(const auto applied, applied_migrations(connection, dialect));
  if (applied.contains(number_of(migration.name))) {
    return {};
  }
  for (const std::string& statement : split_statements(migration.text)) {
    const std::string translated = translate_schema(statement, dialect);
    if (!translated.empty()) {
      RETURN_IF_ERROR(connection.execute(translated, {}));
    }
  }
  const Parameter row[] = {std::int64_t{number_of(migration.name)}, migration.name};
  RETURN_IF_ERROR(
      connection.execute("INSERT INTO schema_migrations (version, name) VALUES ($1, $2)", row));
  return transaction.commit();
}

}  // namespace

std::string translate_schema(std::string_view sql, std::string_view dialect) {
  std::string out(sql);
  if (dialect == "postgresql") {
    replace_word(out, "INTEGER", "BIGINT");
    replace_word(out, "BLOB", "BYTEA");
    replace_word(out, "TEXT", "TEXT COLLATE \"C\"");  // by bytes, as in SQLite
    replace_word(out, "STRICT, WITHOUT ROWID", "");
    replace_word(out, "WITHOUT ROWID", "");
    replace_word(out, "STRICT", "");
  } else if (out.contains("DROP CONSTRAINT")) {
    out.clear();
  }
  return out;
}

int newest_schema_version() {
  int newest = 0;
  for (const EmbeddedText& migration : kEmbeddedTexts) {
    newest = std::max(newest, number_of(migration.name));
  }
  return newest;
}

Result<int> schema_version(Connection& connection, std::string_view dialect) {
  ASSIGN_OR_RETURN(const auto applied, applied_migrations(connection, dialect));
  return applied.empty() ? 0 : *applied.rbegin();
}

Result<int> migrate(Connection& connection, std::string_view dialect) {
  ASSIGN_OR_RETURN(const auto applied, applied_migrations(connection, dialect));
  if (!applied.empty() && *applied.rbegin() > newest_schema_version()) {
    return make_error(ErrorCode::kVersionConflict,
                      "the database has schema version " + std::to_string(*applied.rbegin()) +
                          ", made by a newer Dermaga; this one knows up to " +
                          std::to_string(newest_schema_version()) +
                          ": start the newer program or restore an older backup");
  }
  for (const EmbeddedText& migration : kEmbeddedTexts) {
    if (!applied.contains(number_of(migration.name))) {
      auto status = apply(connection, dialect, migration);
      if (!status) {
        return std::unexpected(std::move(status).error().with_context("apply the migration " +
                                                                      std::string(migration.name)));
      }
    }
  }
  return newest_schema_version();
}

}  // namespace dermaga::store
