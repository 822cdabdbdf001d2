#include "customers/look_up.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "encoding/encoding.h"
#include "log/log.h"
#include "masking.h"

namespace dermaga::customers {

// What is looked for.
struct LookUp::Key {
  ContactKind kind;
  std::string value;          // in customer_index
  std::string account_value;  // in accounts.email_index; empty: accounts have none of this kind
};

// One place in the order of what is found: newest first, then by id.
struct LookUp::Hit {
  std::int64_t created_at = INT64_MAX;
  std::string customer;
};

namespace {

constexpr std::size_t kNamedInLog = 20;
constexpr std::size_t kShownBytes = 4;  // of the keyed value, in the audit log

// Where the fields of one person lie. `sql` selects wrapped key, name, e-mail, phone, and of an
// order that stands in the same row its id, status and time.
struct Place {
  std::string_view table;  // as the fields are bound to it
  std::string_view sql;
  bool is_account;
};
constexpr Place kPlaces[] = {
    {.table = "customers",
     .sql = "SELECT c.wrapped_key, c.name_sealed, c.email_sealed, c.phone_sealed, o.order_id, "
            "o.status, o.placed_at, 0 FROM customers c LEFT JOIN orders o ON o.order_number = "
            "c.customer_number WHERE c.customer_id = $1",
     .is_account = false},
    {.table = "customers",
     .sql = "SELECT wrapped_key, name_sealed, email_sealed, phone_sealed, order_id, 5, "
            "received_at, 1 FROM declined_orders WHERE customer_id = $1",
     .is_account = false},
    {.table = "accounts",
     .sql = "SELECT wrapped_key, name_sealed, email_sealed, phone_sealed, NULL, 0, 0, 0 FROM "
            "accounts WHERE customer_id = $1",
     .is_account = true}};
static_assert(static_cast<int>(order_state::OrderStatus::kCancelled) == 5);

Result<FoundOrder> read_order(const store::Row& row, int first) {
  ASSIGN_OR_RETURN(auto id, OrderId::parse(row.text(first)));
  return FoundOrder{.id = std::move(id),
                    .status = static_cast<order_state::OrderStatus>(row.integer(first + 1)),
                    .placed_at = from_unix_ms(row.integer(first + 2)),
                    .is_declined = row.integer(first + 3) != 0};
}

Result<std::vector<FoundOrder>> orders_of_account(store::Connection& connection,
                                                  const CustomerId& account) {
  std::vector<FoundOrder> orders;
  const store::Parameter wanted[] = {std::string_view(account.str()), std::int64_t{kOrdersShown}};
  RETURN_IF_ERROR(connection.query(
      "SELECT o.order_id, o.status, o.placed_at, 0 FROM account_orders a JOIN orders o ON "
      "o.order_number = a.order_number WHERE a.customer_id = $1 ORDER BY a.order_number DESC LIMIT "
      "$2",
      wanted, [&orders](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto order, read_order(row, 0));
        orders.push_back(std::move(order));
        return {};
      }));
  return orders;
}

Status mask(const store::Row& row, const Place& place, const vault::Vault& vault,
            FoundPerson& person) {
  ASSIGN_OR_RETURN(const auto key, vault.unwrap(person.customer, row.blob(0)));
  const auto open = [&](std::string_view column, int index) {
    return row.blob(index).empty()
               ? Result<vault::SecretText>(vault::SecretText())
               : key.open_field({place.table, column, person.customer.str()}, row.blob(index));
  };
  ASSIGN_OR_RETURN(const auto name, open("name_sealed", 1));
  ASSIGN_OR_RETURN(const auto email, open("email_sealed", 2));
  ASSIGN_OR_RETURN(const auto phone, open("phone_sealed", 3));
  person.masked_name = masked_name(name.reveal());
  person.masked_email = masked_email(email.reveal());
  person.masked_phone = masked_phone(phone.reveal());
  return {};
}

// "<created_at>.<customer id>"; an empty text is the place before all.
Status read_cursor(std::string_view text, std::int64_t& created_at, std::string& customer) {
  if (text.empty()) {
    return {};
  }
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), created_at);
  const auto read = static_cast<std::size_t>(parsed.ptr - text.data());
  if (parsed.ec != std::errc() || read >= text.size() || text[read] != '.') {
    return make_error(ErrorCode::kInvalidArgument, "cursor is not one that was given here");
  }
  ASSIGN_OR_RETURN(const auto id, CustomerId::parse(text.substr(read + 1)));
  customer = id.str();
  return {};
}

}  // namespace

// The first ones by their ids, which tell nothing of a person.
std::string LookUp::first_of(const std::vector<Hit>& found) {
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), kNamedInLog); ++i) {
    text += (i == 0 ? ": " : " ") + found[i].customer;
  }
  return text;
}

Result<FoundPage> LookUp::find(const Wanted& wanted, const audit::Actor& actor) const {
  RETURN_IF_ERROR(audit::check_reason(wanted.reason));
  const Key key = key_of(wanted);
  if (key.value.empty()) {
    return make_error(ErrorCode::kInvalidArgument, "there is nothing to look for");
  }
  Hit before;
  RETURN_IF_ERROR(read_cursor(wanted.cursor, before.created_at, before.customer));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  ASSIGN_OR_RETURN(auto found, hits(*connection, key, before));
  const bool has_more = found.size() > kPersonsPerPage;
  found.resize(std::min(found.size(), kPersonsPerPage));
  RETURN_IF_ERROR(ports_.audit_log.record(
      {.actor = actor,
       .action = "customer.find",
       .subject = std::string(name(key.kind)),
       .detail = encoding::hex(std::string_view(key.value).substr(0, kShownBytes)) + ", " +
                 std::to_string(found.size()) + (has_more ? " found, more follow" : " found") +
                 first_of(found),
       .reason = wanted.reason}));
  FoundPage page;
  if (has_more) {
    page.next_cursor = std::to_string(found.back().created_at) + "." + found.back().customer;
  }
  for (const Hit& hit : found) {
    ASSIGN_OR_RETURN(auto person, open(*connection, hit));
    if (person.has_value()) {
      page.items.push_back(*std::move(person));
    }
  }
  return page;
}

LookUp::Key LookUp::key_of(const Wanted& wanted) const {
  if (const auto* email = std::get_if<vault::EmailAddress>(&wanted.contact)) {
    return {.kind = ContactKind::kEmail,
            .value = ports_.index.of(*email),
            .account_value = ports_.account_index.of(ports_.account_kind, normalized(*email))};
  }
  return {.kind = ContactKind::kPhone,
          .value = ports_.index.of(std::get<vault::PhoneNumber>(wanted.contact)),
          .account_value = {}};
}

// At most one more than a page has.
Result<std::vector<LookUp::Hit>> LookUp::hits(store::Connection& connection, const Key& key,
                                              const Hit& before) const {
  std::vector<Hit> found;
  const auto take = [&found](const store::Row& row) -> Status {
    found.push_back({.created_at = row.integer(0), .customer = std::string(row.text(1))});
    return {};
  };
  const store::Parameter wanted[] = {static_cast<std::int64_t>(key.kind), store::Blob{key.value},
                                     before.created_at, std::string_view(before.customer),
                                     std::int64_t{kPersonsPerPage + 1}};
  RETURN_IF_ERROR(connection.query(
      "SELECT created_at, customer_id FROM customer_index WHERE kind = $1 AND value = $2 AND "
      "(created_at < $3 OR (created_at = $3 AND customer_id < $4)) ORDER BY created_at DESC, "
      "customer_id DESC LIMIT $5",
      wanted, take));
  if (!key.account_value.empty()) {
    const store::Parameter account[] = {store::Blob{key.account_value}, before.created_at,
                                        std::string_view(before.customer)};
    RETURN_IF_ERROR(connection.query(
        "SELECT created_at, customer_id FROM accounts WHERE email_index = $1 AND (created_at < $2 "
        "OR (created_at = $2 AND customer_id < $3))",
        account, take));
  }
  std::ranges::sort(found, [](const Hit& one, const Hit& other) {
    return std::pair(one.created_at, std::string_view(one.customer)) >
           std::pair(other.created_at, std::string_view(other.customer));
  });
  found.resize(std::min(found.size(), kPersonsPerPage + 1));
  return found;
}

// Nobody where the person was erased meanwhile.
Result<std::optional<FoundPerson>> LookUp::open(store::Connection& connection,
                                                const Hit& hit) const {
  std::optional<FoundPerson> found;
  ASSIGN_OR_RETURN(const auto customer, CustomerId::parse(hit.customer));
  const store::Parameter key[] = {std::string_view(hit.customer)};
  for (const Place& place : kPlaces) {
    RETURN_IF_ERROR(connection.query(place.sql, key, [&](const store::Row& row) -> Status {
      if (row.blob(0).empty()) {
        return {};
      }
      FoundPerson person{.customer = customer, .is_account = place.is_account};
      if (const Status masked = mask(row, place, ports_.vault, person); !masked.has_value()) {
        if (masked.error().code() != ErrorCode::kCorrupt) {
          return masked;
        }
        // One damaged row must not keep the person's others from being found; `verify` names it.
        log::error("customer_not_shown",
                   {{"customer", hit.customer}, {"error", masked.error().message()}});
      }
      if (!row.is_null(4)) {
        ASSIGN_OR_RETURN(auto order, read_order(row, 4));
        person.orders.push_back(std::move(order));
      }
      found = std::move(person);
      return {};
    }));
    if (found.has_value()) {
      break;
    }
  }
  if (found.has_value() && found->is_account) {
    ASSIGN_OR_RETURN(found->orders, orders_of_account(connection, customer));
  }
  return found;
}

}  // namespace dermaga::customers
