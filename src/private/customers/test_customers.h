#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "customers/contact_index.h"
#include "customers/customers.h"
#include "random/random.h"
#include "test_store/test_store.h"

// What the tests of this module share.
namespace dermaga::customers {

inline const audit::Actor kStaff{.name = "host:tester", .source = "test"};
inline constexpr int kConfirmed = 2;
inline constexpr int kCompleted = 3;

// Orders 1, 2, … with a customer each, as core stores them, and one declined order.
class CustomersTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-customers-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
    vault_ = vault::Vault::open(folder_ + "/keys", system_random()).value();
    log_ = std::make_unique<audit::AuditLog>(*database_, clock_, "test",
                                             digest::SigningKey::generate());
    open_list();
    add_order(1, kCompleted, 0);
    add_order(2, kConfirmed, 0);
    add_order(3, kCompleted, 500);
    add_declined();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // As after a restart.
  Status open_list() {
    list_.reset();
    ASSIGN_OR_RETURN(auto opened,
                     ErasureList::open(list_file(), digest::SigningKey::from_seed(seed_).value()));
    list_ = std::make_unique<ErasureList>(std::move(opened));
    return {};
  }
  std::string list_file() const { return folder_ + "/erasures.jsonl"; }
  Customers customers() {
    return Customers({.database = *database_,
                      .vault = *vault_,
                      .audit_log = *log_,
                      .erasures = *list_,
                      .clock = clock_});
  }
  static OrderId order(int number) {
    return OrderId::parse("ord_" + std::to_string(number)).value();
  }

  struct Sealed {
    CustomerId customer;
    std::string wrapped;
    std::int64_t kek_version = 0;
    std::string name, email, phone, address;
  };
  Sealed seal(int number) {
    Sealed sealed{.customer = CustomerId::parse("cus_" + std::to_string(number)).value()};
    auto made = vault_->new_customer_key(sealed.customer, system_random());
    sealed.wrapped = made.wrapped;
    sealed.kek_version = made.kek_version;
    const auto field = [&](std::string_view table, std::string_view column, std::string_view row,
                           std::string text) {
      return made.key.seal_field({table, column, row}, vault::SecretText(std::move(text)),
                                 system_random());
    };
    const std::string id = sealed.customer.str();
    sealed.name = field("customers", "name_sealed", id, "Sari Dewi");
    sealed.email = field("customers", "email_sealed", id, email_);
    sealed.phone = field("customers", "phone_sealed", id, phone_);
    sealed.address =
        field("orders", "address_sealed", order(number).str(), R"({"city":"Jakarta"})");
    return sealed;
  }
  void run(std::string_view sql, std::span<const store::Parameter> parameters) {
    const auto done = connection_->execute(sql, parameters);
    ASSERT_TRUE(done.has_value()) << done.error().message();
  }
  void add_order(int number, int status, int refund_due) {
    const Sealed sealed = seal(number);
    const store::Parameter customer[] = {
        std::int64_t{number},        std::string_view(sealed.customer.str()),
        store::Blob{sealed.wrapped}, store::Blob{sealed.name},
        store::Blob{sealed.email},   store::Blob{sealed.phone},
        sealed.kek_version};
    run("INSERT INTO customers VALUES ($1, $2, $3, $7, $4, $5, $6, 'id', 1)", customer);
    const std::string id = order(number).str();
    const store::Parameter row[] = {std::int64_t{number},        std::string_view(id),
                                    std::int64_t{status},        std::int64_t{refund_due},
                                    store::Blob{sealed.address}, store::Blob{"x"}};
    run("INSERT INTO orders (order_number, order_id, idempotency_key, body_sha256, "
        "customer_number, status, payment_status, fulfilment_status, cancel_reason, "
        "payment_action, currency, subtotal, discount, shipping, tax, tax_included, total, "
        "refund_due, shipping_method, coupon, catalog_version, placed_at, reserved_until, version, "
        "reply_thumbprint, address_sealed, payment_sealed) VALUES ($1, $2, $2, $6, $1, $3, 2, 0, "
        "'', '', 'IDR', 1, 0, 0, 0, 1, 1, $4, '', '', 1, 1, 0, 1, 't', $5, $5)",
        row);
  }
  void add_declined() {
    const Sealed sealed = seal(9);
    const std::string id = order(9).str();
    const store::Parameter row[] = {
        std::string_view(id),        std::string_view(sealed.customer.str()),
        store::Blob{sealed.wrapped}, store::Blob{sealed.name},
        store::Blob{sealed.email},   store::Blob{sealed.phone}};
    run("INSERT INTO declined_orders (order_id, idempotency_key, body_sha256, first_answer, "
        "reason, currency, total, received_at, decided_at, customer_id, wrapped_key, kek_version, "
        "name_sealed, email_sealed, phone_sealed, locale, reply_thumbprint) VALUES ($1, $1, $3, 2, "
        "'out_of_stock', 'IDR', 1, 1, 1, $2, $3, 1, $4, $5, $6, 'id', 't')",
        row);
  }
  // An account with these orders in its history.
  CustomerId add_account(const std::vector<int>& orders) {
    const CustomerId id = CustomerId::parse("cus_account").value();
    const auto key = vault_->new_customer_key(id, system_random());
    const auto seal = [&](std::string_view column, const std::string& text) {
      return key.key.seal_field({"accounts", column, id.str()}, vault::SecretText(text),
                                system_random());
    };
    const std::string name = seal("name_sealed", "Sari Dewi");
    const std::string email = seal("email_sealed", email_);
    const std::string phone = seal("phone_sealed", phone_);
    const std::string index = vault_->blind_index("account-index")
                                  ->of("account.email", normalized(vault::EmailAddress(email_)));
    const store::Parameter row[] = {std::string_view(id.str()), store::Blob{index},
                                    store::Blob{key.wrapped},   store::Blob{email},
                                    store::Blob{name},          store::Blob{phone}};
    run("INSERT INTO accounts VALUES ($1, $2, $3, 1, $4, $5, $6, 'id', 'hash', 1, 1, 1, 1)", row);
    const store::Parameter own[] = {std::string_view(id.str()), store::Blob{"secret"}};
    run("INSERT INTO account_sessions VALUES ($2, $1, 'key', 1, 1)", own);
    run("INSERT INTO account_resets VALUES ($2, $1, 1)", own);
    run("INSERT INTO account_email_changes VALUES ($2, $1, $2, $2, 1)", own);
    run("INSERT INTO account_known_keys VALUES ($1, 'key', 1)", std::span(own, 1));
    run("INSERT INTO account_addresses VALUES ('adr_1', $1, $2, 1)", own);
    run("INSERT INTO account_cards VALUES ('card_1', $1, $2, $2, 1, 1)", own);
    run("INSERT INTO account_passkeys VALUES ('pky_1', $2, $1, $2, $2, -7, 1, 1, 0)", own);
    run("INSERT INTO account_consents VALUES ($1, 1, 'marketing_email', 1, 1)", std::span(own, 1));
    for (const int number : orders) {
      const store::Parameter joined[] = {std::string_view(id.str()), std::int64_t{number}};
      run("INSERT INTO account_orders VALUES ($1, $2)", joined);
    }
    return id;
  }
  std::int64_t rows_of_accounts() {
    std::int64_t rows = 0;
    for (const std::string table :
         {"account_orders", "account_consents", "account_addresses", "account_cards",
          "account_passkeys", "account_known_keys", "account_sessions", "account_resets",
          "account_email_changes", "accounts"}) {
      const auto some = test_store::number(*connection_, "SELECT COUNT(*) FROM " + table);
      rows += some;
    }
    return rows;
  }
  std::vector<std::string> acts() {
    std::vector<std::string> found;
    EXPECT_TRUE(audit::read(*connection_, 0, 100, [&](const audit::Entry& entry) -> Status {
      found.push_back(entry.act.actor.name + " " + entry.act.action + " " + entry.act.subject);
      return {};
    }));
    return found;
  }

  std::string email_ = "sari@example.com";  // of whoever is added next
  std::string phone_ = "+62 812";
  std::string folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<audit::AuditLog> log_;
  std::unique_ptr<ErasureList> list_;
  std::string seed_ = digest::SigningKey::generate().seed();
  ManualClock clock_{from_unix_ms(1'790'000'000'000)};
};

}  // namespace dermaga::customers
