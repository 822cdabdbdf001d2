#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "digest/digest.h"
#include "inventory/inventory.h"
#include "orders/orders.h"
#include "payments/sandbox.h"
#include "sealed_calls/sealed_calls.h"
#include "test_store/test_store.h"
#include "verify/verify.h"

namespace dermaga::orders {

// A small shop for tests: one folder with a real database and vault, prices in rupiah, boxes that
// are plain words (see WordOpener), a clock that stands still.

inline const Currency kRupiah = Currency::parse("IDR").value();
inline const VariantId kShirt = VariantId::parse("var_shirt").value();
inline const VariantId kMug = VariantId::parse("var_mug").value();
inline const LocationId kShop = LocationId::parse("loc_shop").value();
inline const LocationId kCellar = LocationId::parse("loc_cellar").value();
inline const audit::Actor kStaff{.name = "host:tester", .source = "test"};
inline constexpr std::int64_t kShirtPrice = 150'000;
inline constexpr std::int64_t kMugPrice = 40'000;
inline constexpr std::int64_t kShippingPrice = 10'000;

class TestPrices final : public PriceSource {
 public:
  TestPrices() { publish(1, kShirtPrice); }
  void publish(std::uint64_t version, std::int64_t shirt_price) {
    auto book = std::make_shared<pricing::PriceBook>();
    book->catalog_version = version;
    book->rules = {.currency = kRupiah,
                   .shipping = {{.method = "standard", .price = Money(kShippingPrice, kRupiah)}},
                   .taxes = {{.country = "ID", .name = "PPN", .basis_points = 1100}}};
    book->variants.emplace(
        kShirt, pricing::PricedVariant{
                    .id = kShirt, .unit_price = Money(shirt_price, kRupiah), .weight_grams = 200});
    book->variants.emplace(
        kMug, pricing::PricedVariant{
                  .id = kMug, .unit_price = Money(kMugPrice, kRupiah), .weight_grams = 300});
    const std::lock_guard lock(mutex_);
    books_[version] = book;
    current_ = book;
  }
  std::shared_ptr<const pricing::PriceBook> current() override {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  std::shared_ptr<const pricing::PriceBook> at(std::uint64_t version) override {
    const std::lock_guard lock(mutex_);
    const auto found = books_.find(version);
    return found == books_.end() ? nullptr : found->second;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    current_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<const pricing::PriceBook>> books_;
  std::shared_ptr<const pricing::PriceBook> current_;
};

inline sealing::PublicKey key_named(char name) {
  return {.kid = "", .point = {.x = std::string(32, name), .y = std::string(32, name)}};
}

// An order box is the payment method ("tok_approve", "card 4242…", "saved card_x", "other tok_x"),
// after "as SESSION " where it names one; "garbage" does not open. A call box is "method order_id
// access_token nonce key_letter code".
class WordOpener final : public BoxOpener, public sealed_calls::CallOpener {
 public:
  static order_box::OpenedOrder opened(std::string payment) {
    order_box::OpenedOrder out;
    if (payment.starts_with("as ")) {
      const std::size_t end = payment.find(' ', 3);
      out.session = vault::SessionSecret(payment.substr(3, end - 3));
      payment.erase(0, end + 1);
    }
    out.customer.name = vault::PersonName("Sari Dewi");
    out.customer.email = vault::EmailAddress("sari@example.test");
    out.customer.phone = vault::PhoneNumber("+62 811 000 000");
    out.shipping_address.line1 = vault::StreetAddress("Jalan Melati 5");
    out.shipping_address.city = vault::StreetAddress("Bandung");
    out.shipping_address.country = vault::StreetAddress("ID");
    if (payment.starts_with("card ")) {
      order_box::Card card;
      card.number = vault::CardNumber(payment.substr(5));
      out.payment = std::move(card);
    } else if (payment.starts_with("saved ")) {
      out.payment = order_box::SavedCard{.id = CardId::parse(payment.substr(6)).value(),
                                         .security_code = vault::CardSecurityCode("123")};
    } else {
      const bool other = payment.starts_with("other ");
      out.payment = order_box::ProviderToken{
          .provider = other ? "elsewhere" : "sandbox",
          .token = vault::PaymentToken(other ? payment.substr(6) : payment)};
    }
    out.reply_key = key_named('k');
    out.locale = "id";
    return out;
  }
  std::variant<order_box::OpenedOrder, order_box::BoxRefusal> open_order(
      const contract::PlaceOrder& order) override {
    if (order.sealed == "garbage") {
      return order_box::BoxRefusal{.code = "box_unreadable", .detail = "it does not open"};
    }
    return opened(order.sealed);
  }
  std::variant<order_box::OpenedCall, order_box::BoxRefusal> open_call(
      std::string_view box, UtcTime received_at) override {
    judged_at = received_at;
    std::vector<std::string> words(1);
    for (const char c : box) {
      if (c == ' ') {
        words.emplace_back();
      } else {
        words.back() += c;
      }
    }
    if (words.size() < 5) {
      return order_box::BoxRefusal{.code = "box_malformed", .detail = "too few words"};
    }
    order_box::OpenedCall call;
    call.method = words[0] == "read"     ? order_box::CallMethod::kOrderRead
                  : words[0] == "cancel" ? order_box::CallMethod::kOrderCancel
                                         : order_box::CallMethod::kPaymentChallenge;
    call.order_id = OrderId::parse(words[1]).value();
    call.access_token = vault::AccessToken(words[2]);
    call.nonce = words[3];
    call.reply_key = key_named(words[4].front());
    call.code = vault::ChallengeCode(words.size() > 5 ? words[5] : "");
    call.expires_at = received_at + std::chrono::minutes(10);
    return call;
  }
  Result<std::string> seal_answer(const order_box::OpenedCall&,
                                  std::string_view result_json) override {
    return std::string(result_json);
  }

  std::atomic<UtcTime> judged_at{UtcTime{}};  // of the last call box
};

struct TestShop {
  explicit TestShop(Options wanted = {}, std::string in_folder = {}) : options(std::move(wanted)) {
    if (in_folder.empty()) {
      char name[] = "/tmp/dermaga-orders-XXXXXX";
      CHECK(::mkdtemp(name) != nullptr);
      in_folder = name;
      owned = true;
    }
    folder = std::move(in_folder);
    database = test_store::open(folder);
    connection = database->connect().value();
    keys = vault::Vault::open(folder + "/keys", system_random()).value();
    availability = inventory::AvailabilityFeed::start(*database).value();
    start();
  }
  TestShop(const TestShop&) = delete;
  TestShop& operator=(const TestShop&) = delete;
  ~TestShop() {
    calls.reset();
    service.reset();
    availability.reset();
    connection.reset();
    database.reset();
    if (owned) {
      std::filesystem::remove_all(folder);
    }
  }

  void start() {
    calls.reset();
    service.reset();
    provider = payments::make_sandbox({.webhook_delay = webhook_delay});
    service = OrderService::start(ports(), options).value();
    calls = std::make_unique<sealed_calls::SealedCalls>(sealed_calls::Ports{
        .database = *database, .opener = opener, .clock = clock, .orders = service->calls()});
  }
  Ports ports() { return ports_of(*provider); }
  Ports ports_of(payments::PaymentProvider& payments) {
    return {.database = *database,
            .derivation = derivation,
            .vault = *keys,
            .prices = prices,
            .boxes = opener,
            .payments = payments,
            .availability = *availability,
            .clock = clock,
            .random = system_random(),
            .accounts = accounts,
            .cards = cards};
  }
  void restart_with_webhooks_after(std::chrono::milliseconds delay) {
    webhook_delay = delay;
    start();
  }

  void stock(const VariantId& variant, std::int64_t units, const LocationId& location = kShop) {
    CHECK(inventory::adjust(
              *connection,
              {.variant_id = variant, .location_id = location, .amount = units, .reason = "test"},
              kStaff, clock)
              .has_value());
  }
  inventory::Levels levels(const VariantId& variant) const {
    auto rows = inventory::list_rows(*connection, {}, {}, 100).value();
    for (const auto& row : rows) {
      if (row.variant_id == variant) {
        return row.levels;
      }
    }
    return {};
  }

  // Signs the order as an edge would; call it after changing what it covers.
  void sign(contract::PlaceOrder& order) const {
    order.id = derivation.order_id(order.idempotency_key);
    order.receipt = derivation.receipt(order.id, order.body_sha256, order.received_at);
  }
  contract::PlaceOrder order(const std::string& key, std::vector<contract::OrderLine> lines,
                             const std::string& box = "tok_approve") const {
    contract::PlaceOrder out;
    out.idempotency_key = key;
    std::int64_t total = kShippingPrice;
    std::string body = key;
    for (const auto& line : lines) {
      total += line.quantity * (line.variant_id == kShirt ? kShirtPrice : kMugPrice);
      body += line.variant_id.str() + std::to_string(line.quantity);
    }
    out.body_sha256 = digest::sha256(body + box);
    out.lines = std::move(lines);
    out.destination = {.country = "ID", .region = "ID-JB", .postal_code = "40115"};
    out.shipping_method = "standard";
    out.total = Money(total, kRupiah);
    out.sealed = box;
    out.received_at = clock.now();
    sign(out);
    return out;
  }

  std::vector<contract::PlaceOutcome> place(std::vector<contract::PlaceOrder> batch) const {
    return place_with(*service, std::move(batch));
  }
  static std::vector<contract::PlaceOutcome> place_with(OrderService& with,
                                                        std::vector<contract::PlaceOrder> batch) {
    std::promise<std::vector<contract::PlaceOutcome>> promise;
    with.place(std::move(batch), [&](auto outcomes) { promise.set_value(std::move(outcomes)); });
    return promise.get_future().get();
  }
  contract::PlaceOutcome place(contract::PlaceOrder one) const {
    std::vector<contract::PlaceOrder> batch;
    batch.push_back(std::move(one));
    return place(std::move(batch)).front();
  }

  contract::OrderView view(const OrderId& id) const {
    return service->order_view(id, derivation.access_token(id)).value();
  }
  // Until the order looks like that, at most 20 s.
  template <typename Predicate>
  bool wait_for(const OrderId& id, Predicate predicate) const {
    for (int i = 0; i < 4'000; ++i) {
      if (predicate(view(id))) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  bool wait_for_status(const OrderId& id, order_state::OrderStatus status) const {
    return wait_for(id, [&](const auto& v) { return v.status == status; });
  }
  bool wait_for_payment(const OrderId& id, order_state::PaymentStatus status) const {
    return wait_for(id, [&](const auto& v) { return v.payment_status == status; });
  }
  contract::SealedAnswer call(const std::string& words) const {
    std::promise<contract::SealedAnswer> promise;
    calls->call(words, clock.now(), [&](auto answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
  }
  std::string call_words(const std::string& method, const OrderId& id, const std::string& nonce,
                         const std::string& rest = "k") const {
    return method + " " + id.str() + " " + derivation.access_token(id) + " " + nonce + " " + rest;
  }

  std::string breaches() const {
    const auto reader = database->connect_read_only().value();
    const auto report = verify::verify(*reader, database->dialect(),
                                       {.derivation = &derivation, .vault = keys.get()});
    if (!report.has_value()) {
      return report.error().message();
    }
    std::string text;
    for (const auto& breach : report->breaches) {
      text += breach.check + ": " + breach.row + ": " + breach.detail + "\n";
    }
    return text;
  }
  std::int64_t number(std::string_view sql) const { return test_store::number(*connection, sql); }

  // The database itself refuses such rows from now on, or no more.
  void refuse(const std::string& table, const std::string& condition) {
    const std::string trigger = "CREATE TRIGGER refuse BEFORE INSERT ON " + table;
    if (!test_store::on_postgres()) {
      change(trigger + " WHEN " + condition + " BEGIN SELECT raise(ABORT, 'not this one'); END");
      return;
    }
    change(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''not this one''; END'");
    change(trigger + " FOR EACH ROW WHEN (" + condition + ") EXECUTE FUNCTION refuse()");
  }
  void stop_refusing(const std::string& table) {
    change(test_store::on_postgres() ? "DROP TRIGGER refuse ON " + table : "DROP TRIGGER refuse");
  }
  void change(const std::string& sql) { CHECK(connection->execute(sql).has_value()); }

  Options options;
  std::chrono::milliseconds webhook_delay{20};
  std::string folder;
  bool owned = false;
  ManualClock clock{from_unix_ms(1'790'000'000'000)};
  derivation::Derivation derivation = derivation::Derivation::create(std::string(32, 'd')).value();
  TestPrices prices;
  WordOpener opener;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Connection> connection;
  std::unique_ptr<vault::Vault> keys;
  std::unique_ptr<inventory::AvailabilityFeed> availability;
  std::unique_ptr<payments::PaymentProvider> provider;
  AccountFinder* accounts = nullptr;  // from the next start on
  SavedCards* cards = nullptr;        // likewise
  std::unique_ptr<OrderService> service;
  std::unique_ptr<sealed_calls::SealedCalls> calls;
};

inline const contract::Placed* placed(const contract::PlaceOutcome& outcome) {
  return std::get_if<contract::Placed>(&outcome);
}
// Two shirts, which must be there.
inline OrderId place_one(TestShop& shop, const std::string& key, const std::string& box) {
  const auto outcome = shop.place(shop.order(key, {{kShirt, 2}}, box));
  CHECK(placed(outcome) != nullptr);
  return placed(outcome)->order.id;
}

inline std::string refusal(const contract::PlaceOutcome& outcome) {
  const auto* refused = std::get_if<contract::Refused>(&outcome);
  return refused == nullptr ? "" : std::to_string(refused->http_status) + " " + refused->code;
}

}  // namespace dermaga::orders
