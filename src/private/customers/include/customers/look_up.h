#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "audit/audit_log.h"
#include "clock/clock.h"
#include "customers/contact_index.h"
#include "ids/ids.h"
#include "order_state/order_state.h"
#include "result/result.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::customers {

inline constexpr std::size_t kPersonsPerPage = 100;
inline constexpr std::size_t kOrdersShown = 20;

struct FoundOrder {
  OrderId id;
  order_state::OrderStatus status;  // cancelled where it was declined
  UtcTime placed_at;
  bool is_declined = false;
};

// One record that names the person: a guest has one for each order, an account is one.
struct FoundPerson {
  CustomerId customer;
  bool is_account = false;
  std::string masked_name;
  std::string masked_email;
  std::string masked_phone;        // empty: none
  std::vector<FoundOrder> orders;  // newest first, at most kOrdersShown
};

struct FoundPage {
  std::vector<FoundPerson> items;  // newest first
  std::optional<std::string> next_cursor;
};

// Finds whoever gave exactly this address or number, by keyed values alone. Thread-safe.
class LookUp {
 public:
  struct Ports {
    store::Database& database;
    const vault::Vault& vault;
    ContactIndex index;
    const vault::BlindIndex& account_index;  // of accounts' email_index
    std::string_view account_kind;           // what it calls addresses
    audit::AuditLog& audit_log;
  };
  struct Wanted {
    std::variant<vault::EmailAddress, vault::PhoneNumber> contact;
    std::string cursor;  // of the page before; empty: the first
    std::string reason;  // 1 to 200 bytes
  };

  explicit LookUp(Ports ports) : ports_(std::move(ports)) {}

  // Written to the audit log before anybody is opened: who asked and why, how many were found, and
  // the first digits of the keyed value instead of what was asked for. kInvalidArgument for an
  // empty contact, a cursor of another kind and without a reason.
  Result<FoundPage> find(const Wanted& wanted, const audit::Actor& actor) const;

 private:
  struct Key;
  struct Hit;
  static std::string first_of(const std::vector<Hit>& found);
  Key key_of(const Wanted& wanted) const;
  Result<std::vector<Hit>> hits(store::Connection& connection, const Key& key,
                                const Hit& before) const;
  Result<std::optional<FoundPerson>> open(store::Connection& connection, const Hit& hit) const;

  const Ports ports_;
};

}  // namespace dermaga::customers
