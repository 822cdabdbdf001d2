#include "records.h"

namespace dermaga::accounts {
namespace {

constexpr std::string_view kSelect =
    "SELECT customer_id, wrapped_key, email_sealed, name_sealed, phone_sealed, locale, "
    "password_hash, created_at, version FROM accounts WHERE ";

Result<std::optional<AccountRow>> find(store::Connection& connection, std::string_view condition,
                                       const store::Parameter& key) {
  std::optional<AccountRow> found;
  RETURN_IF_ERROR(connection.query(std::string(kSelect) + std::string(condition),
                                   std::span(&key, 1), [&found](const store::Row& row) -> Status {
                                     ASSIGN_OR_RETURN(auto id, CustomerId::parse(row.text(0)));
                                     found = AccountRow{.id = std::move(id),
                                                        .wrapped_key = std::string(row.blob(1)),
                                                        .email_sealed = std::string(row.blob(2)),
                                                        .name_sealed = std::string(row.blob(3)),
                                                        .phone_sealed = std::string(row.blob(4)),
                                                        .locale = std::string(row.text(5)),
                                                        .password_hash = std::string(row.text(6)),
                                                        .created_at = from_unix_ms(row.integer(7)),
                                                        .version = row.integer(8)};
                                     return {};
                                   }));
  return found;
}

}  // namespace

Result<std::optional<AccountRow>> find_account(store::Connection& connection,
                                               const std::string& email_index) {
  return find(connection, "email_index = $1", store::Blob{email_index});
}

Result<AccountRow> require_account(store::Connection& connection, const CustomerId& id) {
  ASSIGN_OR_RETURN(auto found, find(connection, "customer_id = $1", std::string_view(id.str())));
  if (!found.has_value()) {
    return make_error(ErrorCode::kUnauthenticated, "the account is not there any more");
  }
  return *std::move(found);
}

std::string index_of(const Ports& ports, const vault::EmailAddress& normalized_email) {
  return ports.index.of(kAddressKind, normalized_email);
}

Result<vault::FieldKey> key_of(const Ports& ports, const AccountRow& account) {
  return ports.vault.unwrap(account.id, account.wrapped_key);
}

std::string seal(const Ports& ports, const vault::FieldKey& key, const vault::FieldPlace& place,
                 const vault::SecretText& text) {
  return key.seal_field(place, text, ports.random);
}

Result<vault::EmailAddress> email_of(const Ports& ports, const AccountRow& account) {
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  ASSIGN_OR_RETURN(const auto text, key.open_field({"accounts", "email_sealed", account.id.str()},
                                                   account.email_sealed));
  return vault::EmailAddress(std::string(text.reveal()));
}

CustomerId new_customer_id(const Ports& ports) {
  std::string bytes;
  const std::int64_t now_ms = to_unix_ms(ports.clock.now());
  for (int shift = 40; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((now_ms >> shift) & 0xff));
  }
  bytes += ports.random.bytes(9);
  return CustomerId::from_bytes(bytes);
}

Status end_sessions(store::Connection& connection, const CustomerId& customer) {
  const store::Parameter key[] = {std::string_view(customer.str())};
  RETURN_IF_ERROR(connection.execute("DELETE FROM account_sessions WHERE customer_id = $1", key));
  return {};
}

}  // namespace dermaga::accounts
