#include <string>
#include <string_view>

#include "checks.h"
#include "customers/contact_index.h"

namespace dermaga::verify {
namespace {

// Whoever can be found. `sql` selects what names the row, customer id, wrapped key, e-mail, phone,
// whether the person waits to be indexed (1), and the two values in the index (NULL: none).
struct Indexed {
  std::string_view table;  // as the fields are bound to it
  std::string_view sql;
  bool by_email;         // accounts have an index of their own for it
  bool may_be_outdated;  // while it waits
};

#define VALUE_OF(kind, person)                                                                \
  "(SELECT i.value FROM customer_index i WHERE i.customer_id = " person " AND i.kind = " kind \
  " ORDER BY i.value LIMIT 1)"
#define VALUES_OF(person) VALUE_OF("1", person) ", " VALUE_OF("2", person)

constexpr Indexed kIndexed[] = {
    {"customers",
     "SELECT 'customers ' || c.customer_number, c.customer_id, c.wrapped_key, c.email_sealed, "
     "c.phone_sealed, CASE WHEN c.customer_number >= (SELECT next FROM sequences WHERE name = "
     "'customer_index') THEN 1 ELSE 0 END, " VALUES_OF(
         "c.customer_id") " FROM customers c WHERE length(c.wrapped_key) > 0 ORDER BY "
                          "c.customer_number",
     true, false},
    {"customers",
     "SELECT 'declined_orders ' || d.order_id, d.customer_id, d.wrapped_key, d.email_sealed, "
     "d.phone_sealed, d.index_due, " VALUES_OF(
         "d.customer_id") " FROM declined_orders d WHERE length(d.wrapped_key) > 0 ORDER BY "
                          "d.order_id",
     true, false},
    {"accounts",
     "SELECT 'accounts ' || a.customer_id, a.customer_id, a.wrapped_key, a.email_sealed, "
     "a.phone_sealed, a.index_due, " VALUES_OF(
         "a.customer_id") " FROM accounts a ORDER BY a.customer_id",
     false, true}};

#undef VALUES_OF
#undef VALUE_OF

Result<std::string> country_code(store::Connection& connection) {
  std::string code;
  const store::Parameter key[] = {customers::kIndexCountry};
  RETURN_IF_ERROR(connection.query("SELECT next FROM sequences WHERE name = $1", key,
                                   [&code](const store::Row& row) -> Status {
                                     code = std::to_string(row.integer(0));
                                     return {};
                                   }));
  return code;
}

// What should be in the index for one person; nothing where a field does not open, which another
// check tells.
struct Wanted {
  std::string email;
  std::string phone;
};
Result<Wanted> wanted_of(const store::Row& row, const Indexed& indexed, const vault::Vault& vault,
                         const customers::ContactIndex& index) {
  Wanted wanted;
  ASSIGN_OR_RETURN(const auto id, CustomerId::parse(row.text(1)));
  ASSIGN_OR_RETURN(const auto key, vault.unwrap(id, row.blob(2)));
  if (indexed.by_email) {
    ASSIGN_OR_RETURN(const auto text,
                     key.open_field({indexed.table, "email_sealed", id.str()}, row.blob(3)));
    wanted.email = index.of(vault::EmailAddress(std::string(text.reveal())));
  }
  if (!row.blob(4).empty()) {
    ASSIGN_OR_RETURN(const auto text,
                     key.open_field({indexed.table, "phone_sealed", id.str()}, row.blob(4)));
    wanted.phone = index.of(vault::PhoneNumber(std::string(text.reveal())));
  }
  return wanted;
}

}  // namespace

Status check_customer_index(store::Connection& connection, const Options& options, Report& report) {
  ASSIGN_OR_RETURN(const std::string country, country_code(connection));
  const customers::ContactIndex index(*options.customer_index, country);
  Findings findings(report, "customer_index", options.breaches_max);
  for (const Indexed& indexed : kIndexed) {
    RETURN_IF_ERROR(connection.query(indexed.sql, {}, [&](const store::Row& row) -> Status {
      const auto wanted = wanted_of(row, indexed, *options.vault, index);
      const bool waits = row.integer(5) != 0;
      if (!wanted.has_value() || (waits && indexed.may_be_outdated)) {
        return {};
      }
      const auto compare = [&](int column, const std::string& value, std::string_view what) {
        const std::string found = row.is_null(column) ? "" : std::string(row.blob(column));
        if (found != value && !(waits && found.empty())) {
          findings.add(std::string(row.text(0)),
                       "it cannot be found by its " + std::string(what) +
                           (found.empty() ? ": that is not in the index" : ", but by another"));
        }
      };
      compare(6, wanted->email, "address");
      compare(7, wanted->phone, "number");
      return {};
    }));
  }
  return {};
}

}  // namespace dermaga::verify
