#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "accounts/accounts.h"
#include "encoding/encoding.h"
#include "json/reader.h"
#include "test_authenticator/test_authenticator.h"
#include "test_store/kept_connections.h"
#include "test_store/test_store.h"

// What the tests of this module share: a shop with accounts whose mails are kept in memory.
namespace dermaga::accounts {

using order_box::CallMethod;
using order_box::OpenedCall;

inline const std::string kOrigin = "https://localhost:8443";
inline const std::string kPassword = "sepeda biru di kebun";
inline const std::string kEmail = "Sari.Dewi@Example.test";
inline constexpr passwords::Cost kTinyCost{.memory_bytes = std::size_t{64} * 1024, .passes = 1};

// A browser, by its reply key.
inline sealing::PublicKey browser(char name) {
  return {.kid = "", .point = {.x = std::string(32, name), .y = std::string(32, name)}};
}

struct Reply {
  std::string json;           // of a result
  contract::Refused refused;  // code empty: a result
  bool is_good() const { return refused.code.empty(); }
};

// Of a flat answer, by name.
inline std::string text_in(const std::string& json, std::string_view member) {
  const auto document = json::Document::parse(json).value();
  auto reader = json::ObjectReader::of(document.root()).value();
  return reader.string(member, 4096).value();
}

// Orders that the test says are whose.
class FakeHistory final : public OrderHistory {
 public:
  Result<std::vector<Item>> page(const CustomerId& customer, std::optional<std::int64_t> before,
                                 std::size_t limit) override {
    std::vector<Item> found;
    for (auto at = items[customer.str()].rbegin(); at != items[customer.str()].rend(); ++at) {
      if (at->number < before.value_or(at->number + 1) && found.size() < limit) {
        found.push_back(*at);
      }
    }
    return found;
  }
  Result<std::string> details(const CustomerId& customer, const OrderId& order,
                              bool with_access_token) override {
    for (const Item& item : items[customer.str()]) {
      if (item.id == order) {
        return R"({"order":)" + item.view_json + R"(,"filler":")" +
               std::string(details_bytes, 'x') +
               (with_access_token ? R"(","access_token":"oat_x"})" : "\"}");
      }
    }
    return make_error(ErrorCode::kNotFound, "there is no such order in this account");
  }
  Result<std::string> cancel(const CustomerId& customer, const OrderId& order) override {
    RETURN_IF_ERROR(details(customer, order, false));
    return std::string(R"({"status":"cancelled"})");
  }
  void add(const std::string& customer, int number) {
    const std::string id = "ord_" + std::to_string(number);
    items[customer].push_back({.number = number,
                               .id = OrderId::parse(id).value(),
                               .view_json = R"({"id":")" + id + "\"}"});
  }

  std::map<std::string, std::vector<Item>> items;
  std::size_t details_bytes = 10;
};

// One store and vault of the whole test program: making them costs more than a test does.
struct TestShop {
  static TestShop& get() {
    static TestShop shop;
    return shop;
  }
  ~TestShop() { std::filesystem::remove_all(folder); }

  std::string folder = [] {
    std::string name = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
    name += "/dermaga-accounts-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    return name;
  }();
  std::unique_ptr<store::Database> database =
      std::make_unique<test_store::KeptConnections>(test_store::open(folder));
  std::unique_ptr<vault::Vault> vault =
      vault::Vault::open(folder + "/keys", system_random()).value();
  vault::BlindIndex index = vault->blind_index(kIndexPurpose).value();
  vault::BlindIndex pseudonyms = vault->blind_index(kPseudonymPurpose).value();
  vault::BlindIndex challenges = vault->blind_index(kChallengePurpose).value();
};

// Each test begins without accounts.
class AccountsTest : public testing::Test {
 protected:
  AccountsTest() {
    for (const std::string_view table :
         {"account_orders", "account_consents", "account_addresses", "account_cards",
          "account_passkeys", "account_known_keys", "account_sessions", "account_resets",
          "account_email_changes", "account_sign_ups", "accounts", "tries", "used_nonces"}) {
      CHECK(connection_->execute("DELETE FROM " + std::string(table)).has_value());
    }
    open_with({.cost = kTinyCost, .threads = 2});
  }
  ~AccountsTest() override {
    hasher_.reset();
    accounts_.reset();
    std::filesystem::remove(erasures_file_);
  }

  void open_with(const passwords::HasherOptions& options) {
    hasher_.reset();
    hasher_ = std::make_unique<passwords::Hasher>(options);
    accounts_ = std::make_unique<Accounts>(
        Ports{.database = *shop_.database,
              .vault = *shop_.vault,
              .index = shop_.index,
              .pseudonyms = shop_.pseudonyms,
              .challenges = shop_.challenges,
              .token_key = token_key_,
              .customers = customers_,
              .history = history_,
              .cards = *cards_,
              .hasher = *hasher_,
              .strangers = *hasher_,
              .breached = breached_,
              .send_mail = [this](Mail mail) { return post(std::move(mail)); },
              .clock = clock_,
              .random = system_random(),
              .shop_id = "toko",
              .shop_name = "Toko Dermaga",
              .locales = {"id", "en"},
              .public_url = kOrigin,
              .relying_party = {.id = "localhost", .origins = {kOrigin}}});
  }

  std::unique_ptr<card_vault::CardVault> make_cards(bool is_on) {
    return std::make_unique<card_vault::CardVault>(card_vault::Ports{.database = *shop_.database,
                                                                     .vault = *shop_.vault,
                                                                     .clock = clock_,
                                                                     .random = system_random()},
                                                   is_on);
  }
  void turn_card_vault(bool on) {
    cards_ = make_cards(on);
    open_with({.cost = kTinyCost, .threads = 2});
  }

  Status post(Mail mail) {
    const std::lock_guard lock(mutex_);
    if (mails_fail_) {
      return make_error(ErrorCode::kOverloaded, "too many mails wait");
    }
    mails_.push_back(std::move(mail));
    return {};
  }

  Reply ask(CallMethod method, const std::function<void(OpenedCall&)>& fill, char key = 'a') {
    auto call = std::make_shared<OpenedCall>();
    call->method = method;
    call->reply_key = browser(key);
    call->nonce = "nonce";
    call->account.locale = "id";
    fill(*call);
    auto prepared = accounts_->prepare(call);
    if (auto* refused = std::get_if<contract::Refused>(&prepared)) {
      return {.refused = std::move(*refused)};
    }
    auto answered = std::make_shared<std::promise<Reply>>();
    auto future = answered->get_future();
    std::get<sealed_calls::CallHandler::Act>(prepared)(
        [answered](sealed_calls::CallHandler::Outcome outcome) {
          Reply reply;
          if (auto* refused = std::get_if<contract::Refused>(&outcome)) {
            reply.refused = std::move(*refused);
          } else {
            reply.json = std::get<std::string>(std::move(outcome));
          }
          answered->set_value(std::move(reply));
        });
    CHECK(future.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    return future.get();
  }
  // With a session, and what else the call needs.
  Reply ask_as(
      const std::string& session, CallMethod method,
      const std::function<void(OpenedCall&)>& fill = [](OpenedCall&) {}, char key = 'a') {
    return ask(
        method,
        [&](OpenedCall& call) {
          call.account.session = vault::SessionSecret(session);
          fill(call);
        },
        key);
  }

  Reply sign_up(const std::string& email = kEmail, const std::string& password = kPassword) {
    return ask(CallMethod::kAccountSignUp, [&](OpenedCall& call) {
      call.account.email = vault::EmailAddress(email);
      call.account.password = vault::Password(password);
      call.account.name = vault::PersonName("Sari Dewi");
      call.account.consents = {"marketing_email"};
    });
  }
  Reply verify(const std::string& code, const std::string& password = kPassword) {
    return ask(CallMethod::kAccountVerifyEmail, [&](OpenedCall& call) {
      call.account.code = vault::MailedCode(code);
      call.account.password = vault::Password(password);
    });
  }
  Reply sign_in(const std::string& email = kEmail, const std::string& password = kPassword,
                char key = 'a') {
    return ask(
        CallMethod::kAccountSignIn,
        [&](OpenedCall& call) {
          call.account.email = vault::EmailAddress(email);
          call.account.password = vault::Password(password);
        },
        key);
  }
  // The session of a new account.
  std::string new_account(const std::string& email = kEmail,
                          const std::string& password = kPassword) {
    CHECK(sign_up(email, password).is_good());
    const Reply verified = verify(mailed_code(), password);
    CHECK(verified.is_good());
    return text_in(verified.json, "session");
  }

  std::string last_mail() {
    const std::lock_guard lock(mutex_);
    CHECK(!mails_.empty());
    return std::string(mails_.back().text.reveal());
  }
  std::size_t mails() {
    const std::lock_guard lock(mutex_);
    return mails_.size();
  }
  // What stands after '#' in the newest mail's link.
  std::string mailed_code() {
    const std::string text = last_mail();
    const std::size_t from = text.find('#') + 1;
    CHECK(from != 0);
    return text.substr(from, text.find('\n', from) - from);
  }
  std::int64_t number(const std::string& sql) { return test_store::number(*connection_, sql); }
  std::string customer_id() {
    std::string id;
    CHECK(connection_
              ->query("SELECT customer_id FROM accounts ORDER BY created_at DESC LIMIT 1", {},
                      [&id](const store::Row& row) -> Status {
                        id = row.text(0);
                        return {};
                      })
              .has_value());
    return id;
  }

  TestShop& shop_ = TestShop::get();
  ManualClock clock_{from_unix_ms(1'796'000'000'000)};
  std::unique_ptr<store::Connection> connection_ = shop_.database->connect().value();
  audit::AuditLog audit_log_{*shop_.database, clock_, "test", digest::SigningKey::generate()};
  const std::string erasures_file_ = shop_.folder + "/erasures";
  customers::ErasureList erasures_ =
      customers::ErasureList::open(erasures_file_, digest::SigningKey::generate()).value();
  customers::Customers customers_{{.database = *shop_.database,
                                   .vault = *shop_.vault,
                                   .audit_log = audit_log_,
                                   .erasures = erasures_,
                                   .clock = clock_}};
  passwords::BreachedList breached_ = passwords::BreachedList::open(std::nullopt).value();
  const digest::SigningKey token_key_ = digest::SigningKey::from_seed(std::string(32, 't')).value();
  FakeHistory history_;
  std::unique_ptr<card_vault::CardVault> cards_ = make_cards(true);
  std::mutex mutex_;
  std::vector<Mail> mails_;
  bool mails_fail_ = false;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<passwords::Hasher> hasher_;
};

}  // namespace dermaga::accounts
