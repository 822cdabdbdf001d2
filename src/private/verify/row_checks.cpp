#include <algorithm>
#include <string>

#include "checks.h"
#include "ids/ids.h"
#include "order_state/order_state.h"

namespace dermaga::verify {
namespace {

using order_state::FulfilmentStatus;
using order_state::OrderStatus;
using order_state::PaymentStatus;

struct Combination {
  OrderStatus status;
  PaymentStatus payment;
  FulfilmentStatus fulfilment;
};

// Everything that an order can be; anything else is a breach.
constexpr Combination kCombinations[] = {
    {OrderStatus::kPendingAcceptance, PaymentStatus::kPending, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kOpen, PaymentStatus::kPending, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kOpen, PaymentStatus::kAuthorized, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kConfirmed, PaymentStatus::kPaid, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kConfirmed, PaymentStatus::kPaid, FulfilmentStatus::kPartial},
    {OrderStatus::kConfirmed, PaymentStatus::kPartiallyRefunded, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kConfirmed, PaymentStatus::kPartiallyRefunded, FulfilmentStatus::kPartial},
    {OrderStatus::kCompleted, PaymentStatus::kPaid, FulfilmentStatus::kFulfilled},
    {OrderStatus::kCompleted, PaymentStatus::kPartiallyRefunded, FulfilmentStatus::kFulfilled},
    {OrderStatus::kCompleted, PaymentStatus::kRefunded, FulfilmentStatus::kFulfilled},
    {OrderStatus::kCompleted, PaymentStatus::kPaid, FulfilmentStatus::kReturned},
    {OrderStatus::kCompleted, PaymentStatus::kPartiallyRefunded, FulfilmentStatus::kReturned},
    {OrderStatus::kCompleted, PaymentStatus::kRefunded, FulfilmentStatus::kReturned},
    {OrderStatus::kExpired, PaymentStatus::kPending, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kExpired, PaymentStatus::kAuthorized, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kExpired, PaymentStatus::kFailed, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kExpired, PaymentStatus::kPaid, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kExpired, PaymentStatus::kRefunded, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kCancelled, PaymentStatus::kPending, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kCancelled, PaymentStatus::kAuthorized, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kCancelled, PaymentStatus::kFailed, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kCancelled, PaymentStatus::kPaid, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kCancelled, PaymentStatus::kPartiallyRefunded, FulfilmentStatus::kUnfulfilled},
    {OrderStatus::kCancelled, PaymentStatus::kRefunded, FulfilmentStatus::kUnfulfilled},
};

bool is_possible(std::int64_t status, std::int64_t payment, std::int64_t fulfilment) {
  return std::ranges::any_of(kCombinations, [&](const Combination& one) {
    return static_cast<std::int64_t>(one.status) == status &&
           static_cast<std::int64_t>(one.payment) == payment &&
           static_cast<std::int64_t>(one.fulfilment) == fulfilment;
  });
}

std::string order_row(std::int64_t number, std::string_view id) {
  return "orders " + std::to_string(number) + " (" + std::string(id) + ")";
}

// Why the columns of one order contradict each other; empty when they do not.
std::string contradiction(const store::Row& row) {
  const std::int64_t status = row.integer(2);
  if (!is_possible(status, row.integer(3), row.integer(4))) {
    return "status " + std::to_string(status) + ", payment " + std::to_string(row.integer(3)) +
           " and fulfilment " + std::to_string(row.integer(4)) + " do not go together";
  }
  const bool is_open = status == static_cast<std::int64_t>(OrderStatus::kOpen);
  if (is_open != (row.integer(5) > 0)) {
    return is_open ? "it is open, but its hold has no end" : "it is over, but its hold has an end";
  }
  const bool is_cancelled = status == static_cast<std::int64_t>(OrderStatus::kCancelled);
  if (is_cancelled == row.text(6).empty()) {
    return is_cancelled ? "it is cancelled without a reason" : "it has a reason for a cancellation";
  }
  if (!is_open && !row.text(7).empty()) {
    return "it waits for the shopper though it is not open";
  }
  const bool is_over = is_cancelled ||
                       status == static_cast<std::int64_t>(OrderStatus::kCompleted) ||
                       status == static_cast<std::int64_t>(OrderStatus::kExpired);
  if (is_over != (row.integer(8) > 0)) {
    return is_over ? "it is over, but not since when"
                   : "it is not over, but has the time of an end";
  }
  return {};
}

}  // namespace

void Findings::add(std::string row, std::string detail) {
  if (left_ == 0) {
    return;
  }
  --left_;
  report_.breaches.push_back({.check = check_, .row = std::move(row), .detail = std::move(detail)});
}

Status check_order_ids(store::Connection& connection, const Options& options, Report& report) {
  Findings findings(report, "order_id", options.breaches_max);
  return connection.query(
      "SELECT order_number, order_id, idempotency_key FROM orders ORDER BY order_number", {},
      [&](const store::Row& row) -> Status {
        ++report.orders_checked;
        if (options.derivation != nullptr &&
            options.derivation->order_id(row.text(2)).str() != row.text(1)) {
          findings.add(order_row(row.integer(0), row.text(1)),
                       "its id is not the one of its idempotency key");
        }
        return {};
      });
}

Status check_declined_ids(store::Connection& connection, const Options& options, Report& report) {
  Findings findings(report, "order_id", options.breaches_max);
  return connection.query("SELECT order_id, idempotency_key FROM declined_orders ORDER BY order_id",
                          {}, [&](const store::Row& row) -> Status {
                            if (options.derivation != nullptr &&
                                options.derivation->order_id(row.text(1)).str() != row.text(0)) {
                              findings.add("declined_orders " + std::string(row.text(0)),
                                           "its id is not the one of its idempotency key");
                            }
                            return {};
                          });
}

Status check_status_combinations(store::Connection& connection, const Options& options,
                                 Report& report) {
  Findings findings(report, "status", options.breaches_max);
  return connection.query(
      "SELECT order_number, order_id, status, payment_status, fulfilment_status, reserved_until, "
      "cancel_reason, payment_action, ended_at FROM orders ORDER BY order_number",
      {}, [&](const store::Row& row) -> Status {
        if (std::string detail = contradiction(row); !detail.empty()) {
          findings.add(order_row(row.integer(0), row.text(1)), std::move(detail));
        }
        return {};
      });
}

namespace {

// Opens one sealed column; true when it opens.
bool opens(const vault::FieldKey& key, const vault::FieldPlace& place, std::string_view sealed,
           Report& report) {
  if (!key.open_field(place, sealed).has_value()) {
    return false;
  }
  ++report.sealed_fields_opened;
  return true;
}

// `sql` selects what names the row, customer id, wrapped key, name, e-mail, phone.
Status check_contacts(store::Connection& connection, std::string_view sql, const Options& options,
                      Report& report) {
  Findings findings(report, "sealed_field", options.breaches_max);
  constexpr std::string_view kColumns[] = {"name_sealed", "email_sealed", "phone_sealed"};
  return connection.query(sql, {}, [&](const store::Row& row) -> Status {
    const std::string reference(row.text(0));
    if (row.is_null(2) || row.blob(2).empty()) {
      ++report.customers_erased;
      for (int i = 0; i < 3; ++i) {
        if (!row.is_null(3 + i) && !row.blob(3 + i).empty()) {
          findings.add(reference,
                       std::string(kColumns[i]) + " is there, though its key was erased");
        }
      }
      return {};
    }
    const auto id = CustomerId::parse(row.text(1));
    const auto key =
        id.has_value() ? options.vault->unwrap(*id, row.blob(2)) : std::unexpected(id.error());
    if (!key.has_value()) {
      findings.add(reference, "its key does not open");
      return {};
    }
    for (int i = 0; i < 3; ++i) {
      if (!opens(*key, {"customers", kColumns[i], id->str()}, row.blob(3 + i), report)) {
        findings.add(reference, std::string(kColumns[i]) + " does not open");
      }
    }
    return {};
  });
}

Status check_orders(store::Connection& connection, const Options& options, Report& report) {
  Findings findings(report, "sealed_field", options.breaches_max);
  constexpr std::string_view kColumns[] = {"address_sealed", "payment_sealed"};
  return connection.query(
      "SELECT o.order_number, o.order_id, o.address_sealed, o.payment_sealed, c.customer_id, "
      "c.wrapped_key FROM orders o JOIN customers c ON c.customer_number = o.customer_number ORDER "
      "BY o.order_number",
      {}, [&](const store::Row& row) -> Status {
        if (row.blob(5).empty()) {
          if (!row.blob(2).empty() || !row.blob(3).empty()) {
            findings.add(order_row(row.integer(0), row.text(1)),
                         "sealed fields are there, though their key was erased");
          }
          return {};
        }
        const auto id = CustomerId::parse(row.text(4));
        const auto key =
            id.has_value() ? options.vault->unwrap(*id, row.blob(5)) : std::unexpected(id.error());
        if (!key.has_value()) {
          return {};  // found with the customers
        }
        for (int i = 0; i < 2; ++i) {
          if (!opens(*key, {"orders", kColumns[i], row.text(1)}, row.blob(2 + i), report)) {
            findings.add(order_row(row.integer(0), row.text(1)),
                         std::string(kColumns[i]) + " does not open");
          }
        }
        return {};
      });
}

}  // namespace

Status check_erasures(store::Connection& connection, const Options& options, Report& report) {
  Findings findings(report, "erasure", options.breaches_max);
  for (const CustomerId& customer : options.erased) {
    const store::Parameter key[] = {std::string_view(customer.str())};
    for (const std::string_view sql :
         {"SELECT 'customers ' || customer_number FROM customers WHERE customer_id = $1 AND "
          "length(wrapped_key) > 0",
          "SELECT 'declined_orders ' || order_id FROM declined_orders WHERE customer_id = $1 AND "
          "length(wrapped_key) > 0",
          "SELECT 'accounts ' || customer_id FROM accounts WHERE customer_id = $1"}) {
      RETURN_IF_ERROR(connection.query(sql, key, [&](const store::Row& row) -> Status {
        findings.add(std::string(row.text(0)), customer.str() + " was erased and is back");
        return {};
      }));
    }
  }
  return {};
}

Status check_sealed_fields(store::Connection& connection, const Options& options, Report& report) {
  constexpr std::string_view kCustomers =
      "SELECT 'customers ' || customer_number, customer_id, wrapped_key, name_sealed, "
      "email_sealed, phone_sealed FROM customers ORDER BY customer_number";
  constexpr std::string_view kDeclined =
      "SELECT 'declined_orders ' || order_id, customer_id, wrapped_key, name_sealed, email_sealed, "
      "phone_sealed FROM declined_orders WHERE customer_id IS NOT NULL ORDER BY order_id";
  RETURN_IF_ERROR(check_contacts(connection, kCustomers, options, report));
  RETURN_IF_ERROR(check_contacts(connection, kDeclined, options, report));
  return check_orders(connection, options, report);
}

}  // namespace dermaga::verify
