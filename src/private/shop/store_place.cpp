#include "shop/store_place.h"

#include "log/log.h"
#include "store/store.h"
#include "vault/root_options.h"

namespace dermaga::shop {
namespace {

constexpr std::string_view kSqlite = "sqlite";
constexpr std::size_t kUrlBytesMax = 4'096;

std::string url_file(const Paths& paths) {
  return paths.private_folder + "/store/url";
}

// "": the folder knows of no store yet.
Result<std::string> remembered_place(const Paths& paths) {
  ASSIGN_OR_RETURN(const bool has_file, files::exists(paths.store_file));
  if (has_file) {
    return std::string(kSqlite);
  }
  ASSIGN_OR_RETURN(const bool has_url, files::exists(url_file(paths)));
  if (!has_url) {
    return std::string();
  }
  ASSIGN_OR_RETURN(std::string url, files::read_file(url_file(paths), kUrlBytesMax));
  while (url.ends_with('\n')) {
    url.pop_back();
  }
  return url;
}

std::string shown(std::string_view place) {
  return store::is_postgres_url(place) ? store::place_of(place) : std::string(place);
}

// Keys are made before the first store. A store without them has lost them, and new ones would not
// open its customers, nor give known idempotency keys the ids of their orders.
Status check_keys_are_there(const Paths& paths, std::string_view store) {
  const std::string derivation = "secret-derivation.wrapped";
  ASSIGN_OR_RETURN(const auto root, vault::root_of(paths.keys));
  ASSIGN_OR_RETURN(const bool has_derivation, files::exists(paths.keys + "/" + derivation));
  if (root.has_value() && has_derivation) {
    return {};
  }
  const std::string missing =
      root.has_value() ? derivation : "root.key (or root.passphrase or root.pkcs11)";
  return make_error(ErrorCode::kCorrupt, paths.keys + "/" + missing + " is missing while " +
                                             std::string(store) + " is there: restore " +
                                             paths.keys + " from its backup. Nothing was changed");
}

// Several hosts are there to fail over to; a standby that commits do not wait for is behind then.
Status warn_where_a_failover_loses(store::Connection& connection, std::string_view place) {
  if (!store::place_of(place).contains(',')) {
    return {};
  }
  return connection.query(
      "SELECT current_setting('synchronous_standby_names')", {},
      [&](const store::Row& row) -> Status {
        if (row.text(0).empty()) {
          log::warning("failover_loses_orders",
                       {{"store", store::place_of(place)},
                        {"reason",
                         "synchronous_standby_names is empty: a standby that is promoted may lack "
                         "orders that were confirmed; see docs/guides/scaling-the-store.md"}});
        }
        return {};
      });
}

}  // namespace

Result<std::string> store_place(const Paths& paths, std::string_view wanted) {
  if (store::is_postgres_url(wanted) && store::has_password(wanted)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the store's URL (" + store::place_of(wanted) +
                          ") holds a password, which others may read there: leave it out and put "
                          "it into ~/.pgpass, a service or PGPASSWORD");
  }
  ASSIGN_OR_RETURN(std::string remembered, remembered_place(paths));
  if (wanted.empty()) {
    return remembered.empty() ? std::string(kSqlite) : remembered;
  }
  // Hosts may change, as after a failover; the engine may not.
  if (!remembered.empty() && (remembered == kSqlite) != (wanted == kSqlite)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the shop in " + paths.data + " keeps its records in " + shown(remembered) +
                          ", but the settings say " + shown(wanted) +
                          "; name the former, or make a new shop in another folder");
  }
  return std::string(wanted);
}

Result<bool> has_store(const Paths& paths) {
  ASSIGN_OR_RETURN(const std::string place, remembered_place(paths));
  return !place.empty();
}

Result<std::unique_ptr<store::Database>> open_store_to_read(const Paths& paths,
                                                            std::string_view wanted) {
  ASSIGN_OR_RETURN(const std::string place, store_place(paths, wanted));
  return store::is_postgres_url(place)
             ? store::open_postgres({.url = place})
             : store::open_sqlite({.file = paths.store_file, .read_only = true});
}

Result<std::unique_ptr<store::Database>> open_store(const Paths& paths, std::string_view wanted) {
  ASSIGN_OR_RETURN(const std::string place, store_place(paths, wanted));
  const bool on_server = store::is_postgres_url(place);
  ASSIGN_OR_RETURN(auto database, on_server
                                      ? store::open_postgres({.url = place})
                                      : store::open_sqlite({.file = paths.store_file,
                                                            .on_sync_failed = log::stop_process}));
  ASSIGN_OR_RETURN(const auto connection, database->connect());
  // One without a schema was left by an init that did not come to its end, as on a full disk.
  ASSIGN_OR_RETURN(const int version, store::schema_version(*connection, database->dialect()));
  if (version > 0) {
    RETURN_IF_ERROR(check_keys_are_there(
        paths, on_server ? "a shop in " + store::place_of(place) : "the shop's store"));
  }
  if (!on_server) {
    return database;
  }
  RETURN_IF_ERROR(warn_where_a_failover_loses(*connection, place));
  ASSIGN_OR_RETURN(const std::string remembered, remembered_place(paths));
  if (remembered != place) {
    RETURN_IF_ERROR(files::write_file_atomically(url_file(paths), place + "\n", 0600));
  }
  return database;
}

Status check_keys_fit(store::Connection& connection, const derivation::Derivation& derivation) {
  bool fits = true;
  RETURN_IF_ERROR(connection.query(
      "SELECT order_id, idempotency_key FROM orders ORDER BY order_number DESC LIMIT 1", {},
      [&](const store::Row& row) -> Status {
        fits = derivation.order_id(row.text(1)).str() == row.text(0);
        return {};
      }));
  return fits ? Status()
              : make_error(ErrorCode::kCorrupt,
                           "the keys in this data folder are not those of the shop in the store: "
                           "cores that share a database need one keys folder. Nothing was changed");
}

}  // namespace dermaga::shop
