#include <string>
#include <string_view>

#include "checks.h"

namespace dermaga::verify {
namespace {

// One sealed column of one table of accounts. `sql` selects the row's key, the customer's id, its
// wrapped key, the column; an empty one is none.
struct SealedColumn {
  std::string_view table;
  std::string_view column;
  std::string_view sql;
};

constexpr SealedColumn kColumns[] = {
    {"accounts", "email_sealed",
     "SELECT customer_id, customer_id, wrapped_key, email_sealed FROM accounts"},
    {"accounts", "name_sealed",
     "SELECT customer_id, customer_id, wrapped_key, name_sealed FROM accounts"},
    {"accounts", "phone_sealed",
     "SELECT customer_id, customer_id, wrapped_key, phone_sealed FROM accounts"},
    {"accounts", "email_sealed",
     "SELECT customer_id, customer_id, wrapped_key, email_sealed FROM account_sign_ups"},
    {"accounts", "name_sealed",
     "SELECT customer_id, customer_id, wrapped_key, name_sealed FROM account_sign_ups"},
    {"accounts", "email_sealed",
     "SELECT r.customer_id, a.customer_id, a.wrapped_key, r.email_sealed FROM "
     "account_email_changes r JOIN accounts a ON a.customer_id = r.customer_id"},
    {"account_addresses", "address_sealed",
     "SELECT r.address_id, a.customer_id, a.wrapped_key, r.address_sealed FROM account_addresses r "
     "JOIN accounts a ON a.customer_id = r.customer_id"},
    {"account_cards", "number_sealed",
     "SELECT r.card_id, a.customer_id, a.wrapped_key, r.number_sealed FROM account_cards r JOIN "
     "accounts a ON a.customer_id = r.customer_id"},
    {"account_cards", "shown_sealed",
     "SELECT r.card_id, a.customer_id, a.wrapped_key, r.shown_sealed FROM account_cards r JOIN "
     "accounts a ON a.customer_id = r.customer_id"},
    {"account_passkeys", "label_sealed",
     "SELECT r.passkey_id, a.customer_id, a.wrapped_key, r.label_sealed FROM account_passkeys r "
     "JOIN accounts a ON a.customer_id = r.customer_id"}};

}  // namespace

Status check_account_fields(store::Connection& connection, const Options& options, Report& report) {
  Findings findings(report, "sealed_field", options.breaches_max);
  for (const SealedColumn& sealed : kColumns) {
    RETURN_IF_ERROR(connection.query(sealed.sql, {}, [&](const store::Row& row) -> Status {
      if (row.blob(3).empty()) {
        return {};
      }
      const auto id = CustomerId::parse(row.text(1));
      const auto key =
          id.has_value() ? options.vault->unwrap(*id, row.blob(2)) : std::unexpected(id.error());
      const std::string reference = std::string(sealed.table) + " " + std::string(row.text(0));
      if (!key.has_value()) {
        findings.add(reference, "its key does not open");
      } else if (!key->open_field({sealed.table, sealed.column, row.text(0)}, row.blob(3))
                      .has_value()) {
        findings.add(reference, std::string(sealed.column) + " does not open");
      } else {
        ++report.sealed_fields_opened;
      }
      return {};
    }));
  }
  return {};
}

}  // namespace dermaga::verify
