#include "key_custody/key_custody.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "ids/ids.h"

namespace dermaga::key_custody {
namespace {

constexpr std::int64_t kPageRows = 500;
// Four fifths of the store's time stay for others.
constexpr int kRestsPerPage = 4;
constexpr std::chrono::milliseconds kRestMax{1'000};

struct Table {
  std::string_view name;
  std::string_view key_column;
  bool key_is_number = false;
};
// Those with the columns customer_id, wrapped_key (NULL or empty: none, or erased) and kek_version.
constexpr Table kTables[] = {
    {.name = "customers", .key_column = "customer_number", .key_is_number = true},
    {.name = "declined_orders", .key_column = "order_id"},
    {.name = "account_sign_ups", .key_column = "customer_id"},
    {.name = "accounts", .key_column = "customer_id"}};

// One row that is not under the newest KEK.
struct Row {
  std::string key;  // as text: a number or an id
  std::string customer_id;
  std::string wrapped;
};

Status count_rows(store::Connection& connection, std::map<std::uint32_t, std::int64_t>& rows) {
  for (const Table& table : kTables) {
    RETURN_IF_ERROR(
        connection.query("SELECT kek_version, count(*) FROM " + std::string(table.name) +
                             " WHERE length(wrapped_key) > 0 GROUP BY kek_version",
                         {}, [&rows](const store::Row& row) -> Status {
                           rows[static_cast<std::uint32_t>(row.integer(0))] += row.integer(1);
                           return {};
                         }));
  }
  return {};
}

// Walks one table by its key and replaces wrapped keys, a page at a time.
class Walk {
 public:
  Walk(const Table& table, const vault::Vault& vault, std::uint32_t newest)
      : table_(table), vault_(vault), newest_(newest) {}

  // The rows that it rewrapped; `at_end` once no more follow.
  Result<std::int64_t> next_page(store::Connection& connection, bool& at_end) {
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
    ASSIGN_OR_RETURN(const std::vector<Row> rows, read_page(connection));
    at_end = rows.size() < static_cast<std::size_t>(kPageRows);
    ASSIGN_OR_RETURN(const std::int64_t changed, replace(connection, rows));
    RETURN_IF_ERROR(transaction.commit());
    if (!rows.empty()) {
      after_ = rows.back().key;
    }
    return changed;
  }

 private:
  store::Parameter parameter(const std::string& key) const {
    return table_.key_is_number ? store::Parameter(std::int64_t{std::stoll("0" + key)})
                                : store::Parameter(std::string_view(key));
  }

  Result<std::vector<Row>> read_page(store::Connection& connection) {
    const std::string key(table_.key_column);
    const store::Parameter bounds[] = {parameter(after_), std::int64_t{newest_}, kPageRows};
    std::vector<Row> rows;
    RETURN_IF_ERROR(connection.query(
        "SELECT " + key + ", customer_id, wrapped_key FROM " + std::string(table_.name) +
            " WHERE " + key + " > $1 AND kek_version <> $2 AND length(wrapped_key) > 0 ORDER BY " +
            key + " LIMIT $3",
        bounds, [&](const store::Row& row) -> Status {
          rows.push_back({.key = table_.key_is_number ? std::to_string(row.integer(0))
                                                      : std::string(row.text(0)),
                          .customer_id = std::string(row.text(1)),
                          .wrapped = std::string(row.blob(2))});
          return {};
        }));
    return rows;
  }

  // A row that was erased or changed meanwhile is left alone.
  Result<std::int64_t> replace(store::Connection& connection, const std::vector<Row>& rows) {
    if (rows.empty()) {
      return 0;
    }
    std::vector<std::string> rewrapped;
    std::vector<store::Parameter> parameters;
    rewrapped.reserve(rows.size());  // the parameters point into it
    for (const Row& row : rows) {
      ASSIGN_OR_RETURN(const auto customer, CustomerId::parse(row.customer_id));
      ASSIGN_OR_RETURN(std::string wrapped, vault_.rewrap(customer, row.wrapped));
      rewrapped.push_back(std::move(wrapped));
      parameters.insert(parameters.end(), {parameter(row.key), store::Blob{rewrapped.back()},
                                           std::int64_t{newest_}, store::Blob{row.wrapped}});
    }
    return connection.execute_many(
        "UPDATE " + std::string(table_.name) + " SET wrapped_key = $2, kek_version = $3 WHERE " +
            std::string(table_.key_column) + " = $1 AND wrapped_key = $4",
        4, parameters);
  }

  const Table& table_;
  const vault::Vault& vault_;
  const std::uint32_t newest_;
  std::string after_;
};

void rest_after(std::chrono::steady_clock::duration took) {
  std::this_thread::sleep_for(
      std::min<std::chrono::steady_clock::duration>(took * kRestsPerPage, kRestMax));
}

}  // namespace

Result<std::vector<KekUse>> KeyCustody::status() const {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  std::map<std::uint32_t, std::int64_t> rows;
  RETURN_IF_ERROR(count_rows(*connection, rows));
  ASSIGN_OR_RETURN(const auto secrets, ports_.vault.secrets_by_kek());
  std::map<std::uint32_t, KekUse> uses;
  for (const std::uint32_t version : ports_.vault.kek_versions()) {
    uses[version].version = version;
  }
  for (const auto& [version, count] : rows) {
    uses[version].version = version;
    uses[version].rows = count;
  }
  for (const auto& [version, count] : secrets) {
    uses[version].version = version;
    uses[version].kept_secrets = count;
  }
  std::vector<KekUse> list;
  for (const auto& [version, use] : uses) {
    list.push_back(use);
  }
  list.back().seals = true;
  return list;
}

Result<std::uint32_t> KeyCustody::rotate(const audit::Actor& actor) {
  RETURN_IF_ERROR(ports_.audit_log.record({.actor = actor, .action = "keys.rotate"}));
  return ports_.vault.rotate_kek();
}

Status KeyCustody::move_root(const vault::RootOptions& to, const audit::Actor& actor) {
  RETURN_IF_ERROR(ports_.audit_log.record({.actor = actor,
                                           .action = "keys.move_root",
                                           .subject = "to " + std::string(vault::name(to.kind))}));
  return ports_.vault.move_root(to);
}

Result<std::int64_t> KeyCustody::rewrap(const audit::Actor& actor,
                                        const std::function<bool(const Progress&)>& go_on) {
  const std::uint32_t newest = ports_.vault.kek_versions().back();
  RETURN_IF_ERROR(ports_.audit_log.record(
      {.actor = actor, .action = "keys.rewrap", .subject = "KEK " + std::to_string(newest)}));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  std::map<std::uint32_t, std::int64_t> rows;
  RETURN_IF_ERROR(count_rows(*connection, rows));
  Progress progress;
  for (const auto& [version, count] : rows) {
    progress.left += version == newest ? 0 : count;
  }
  RETURN_IF_ERROR(ports_.vault.rewrap_secrets());
  for (const Table& table : kTables) {
    Walk walk(table, ports_.vault, newest);
    for (bool at_end = false; !at_end;) {
      const auto started = std::chrono::steady_clock::now();
      ASSIGN_OR_RETURN(const std::int64_t changed, walk.next_page(*connection, at_end));
      progress.rewrapped += changed;
      progress.left = std::max<std::int64_t>(0, progress.left - changed);
      if (!go_on(progress)) {
        return progress.rewrapped;
      }
      if (!at_end) {
        rest_after(std::chrono::steady_clock::now() - started);
      }
    }
  }
  return progress.rewrapped;
}

Status KeyCustody::check_unneeded(std::uint32_t version) const {
  ASSIGN_OR_RETURN(const auto uses, status());
  const auto use = std::ranges::find(uses, version, &KekUse::version);
  const std::string kek = "KEK " + std::to_string(version);
  if (use == uses.end()) {
    return make_error(ErrorCode::kNotFound, "there is no " + kek);
  }
  if (use->rows > 0) {
    return make_error(
        ErrorCode::kVersionConflict,
        kek + " still wraps " + std::to_string(use->rows) + " rows: keys rewrap first");
  }
  if (use->seals || use->kept_secrets > 0) {
    return make_error(ErrorCode::kVersionConflict,
                      kek + (use->seals ? " seals what is new: keys rotate first"
                                        : " still seals kept secrets: keys rewrap first"));
  }
  return {};
}

Status KeyCustody::destroy(std::uint32_t version, const audit::Actor& actor,
                           std::string_view reason, std::string_view detail) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  RETURN_IF_ERROR(check_unneeded(version));
  RETURN_IF_ERROR(ports_.audit_log.record({.actor = actor,
                                           .action = "keys.destroy",
                                           .subject = "KEK " + std::to_string(version),
                                           .detail = std::string(detail),
                                           .reason = std::string(reason)}));
  return ports_.vault.destroy_kek(version, [this, version]() -> Status {
    // Once more, now that nothing is on its way into the store under it.
    ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
    std::map<std::uint32_t, std::int64_t> rows;
    RETURN_IF_ERROR(count_rows(*connection, rows));
    return rows[version] == 0 ? Status()
                              : make_error(ErrorCode::kVersionConflict,
                                           "an order under KEK " + std::to_string(version) +
                                               " came in meanwhile: keys rewrap once more");
  });
}

}  // namespace dermaga::key_custody
