#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit_log.h"
#include "clock/clock.h"
#include "customers/erasure_list.h"
#include "ids/ids.h"
#include "result/result.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::customers {

// Who ordered, opened.
struct Contact {
  CustomerId customer;
  vault::PersonName name;
  vault::EmailAddress email;
  vault::PhoneNumber phone;
  vault::StreetAddress address_json;  // as the shopper gave it; empty for a declined order
  std::string locale;
};

// Everything it uses; must outlive it.
struct Ports {
  store::Database& database;
  const vault::Vault& vault;
  audit::AuditLog& audit_log;
  ErasureList& erasures;
  const Clock& clock;
};

class Customers {
 public:
  explicit Customers(const Ports& ports) : ports_(ports) {}

  // Of an order or of a declined one. `action` is what the audit log calls it ("customer.show");
  // `reason` has 1 to 200 bytes. kNotFound for an unknown order, for a declined one whose box did
  // not open, and after the erasure.
  Result<Contact> reveal(const OrderId& order, const audit::Actor& actor, std::string_view action,
                         std::string_view reason);

  // The same of an account: no address, and kNotFound where there is no such account.
  Result<Contact> reveal_account(const CustomerId& account, const audit::Actor& actor,
                                 std::string_view action, std::string_view reason);

  // Destroys the customer's key and what it sealed; the order keeps its amounts. kVersionConflict
  // while the order is open or confirmed, or money is still to be returned.
  Status erase(const OrderId& order, const audit::Actor& actor, std::string_view reason);

  // An account, everything in it and whoever its orders name. `erase()` of one of its orders does
  // the same. kNotFound; kVersionConflict while one of them is under way.
  Status erase_account(const CustomerId& account, const audit::Actor& actor,
                       std::string_view reason);

  // At the start, before anybody is served: ends what the erasure list says. How many had come
  // back.
  Result<std::int64_t> replay_erasures();

 private:
  Result<std::unique_ptr<store::Connection>> connect_to_erase();
  Status erase_rows(store::Connection& connection, const CustomerId& customer);
  // The persons, listed first, then their rows and the audit entry; commits.
  Status erase_all(store::Connection& connection, store::Transaction transaction,
                   const std::vector<CustomerId>& persons, const audit::Act& act);

  Ports ports_;
};

}  // namespace dermaga::customers
