#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/ports.h"
#include "order_box/order_box.h"

namespace dermaga::accounts {

struct AccountRow {
  CustomerId id;
  std::string wrapped_key;
  std::string email_sealed;
  std::string name_sealed;
  std::string phone_sealed;
  std::string locale;
  std::string password_hash;
  UtcTime created_at;
  std::int64_t version = 0;
};

Result<std::optional<AccountRow>> find_account(store::Connection& connection,
                                               const std::string& email_index);
// kUnauthenticated where it is not there any more: its sessions ended with it.
Result<AccountRow> require_account(store::Connection& connection, const CustomerId& id);

// Of what customers::normalized() gave.
std::string index_of(const Ports& ports, const vault::EmailAddress& normalized_email);

// Fields of an account, sealed under its own key.
Result<vault::FieldKey> key_of(const Ports& ports, const AccountRow& account);
std::string seal(const Ports& ports, const vault::FieldKey& key, const vault::FieldPlace& place,
                 const vault::SecretText& text);
Result<vault::EmailAddress> email_of(const Ports& ports, const AccountRow& account);

// The customer id's time comes first, so that rows of one time stand together in the index.
CustomerId new_customer_id(const Ports& ports);

// Rows that a session or a password change ends.
Status end_sessions(store::Connection& connection, const CustomerId& customer);

}  // namespace dermaga::accounts
