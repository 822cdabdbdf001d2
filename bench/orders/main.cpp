// Full durable orders per second through core's order path, in this process: prices checked,
// personal fields sealed again, stock held, order, lines, customer and outbox written, committed
// durably, acknowledged. Boxes are opened beforehand: `dermaga bench checkout` measures them.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "digest/digest.h"
#include "inventory/inventory.h"
#include "json/writer.h"
#include "orders/orders.h"
#include "payments/sandbox.h"
#include "store/store.h"
#include "uuid/uuid.h"
#include "verify/verify.h"

namespace dermaga {
namespace {

using namespace std::chrono_literals;

const Currency kRupiah = Currency::parse("IDR").value();
const LocationId kLocation = LocationId::parse("loc_bench").value();
constexpr std::int64_t kPrice = 150'000;
// Orders in one call, as an edge coalesces them, and calls under way at once.
constexpr int kCallOrders = 250;
constexpr int kCallsUnderWay = 16;

std::vector<VariantId> make_variants(std::size_t skus) {
  std::vector<VariantId> variants;
  for (std::size_t i = 0; i < skus; ++i) {
    variants.push_back(VariantId::parse("var_bench" + std::to_string(i)).value());
  }
  return variants;
}

class Prices final : public orders::PriceSource {
 public:
  explicit Prices(const std::vector<VariantId>& variants)
      : book_(std::make_shared<pricing::PriceBook>()) {
    book_->catalog_version = 1;
    book_->rules = {.currency = kRupiah,
                    .shipping = {{.method = "standard", .price = Money(10'000, kRupiah)}},
                    .taxes = {{.country = "ID", .name = "PPN", .basis_points = 1100}}};
    for (const VariantId& id : variants) {
      book_->variants.emplace(
          id, pricing::PricedVariant{.id = id, .unit_price = Money(kPrice, kRupiah)});
    }
  }
  std::shared_ptr<const pricing::PriceBook> current() override { return book_; }
  std::shared_ptr<const pricing::PriceBook> at(std::uint64_t) override { return book_; }

 private:
  std::shared_ptr<pricing::PriceBook> book_;
};

// Boxes that were opened already.
class OpenedBoxes final : public orders::BoxOpener {
 public:
  std::variant<order_box::OpenedOrder, order_box::BoxRefusal> open_order(
      const contract::PlaceOrder&) override {
    order_box::OpenedOrder opened;
    opened.customer.name = vault::PersonName("Sari Dewi Lestari");
    opened.customer.email = vault::EmailAddress("sari.dewi@example.test");
    opened.customer.phone = vault::PhoneNumber("+62 811 2222 3333");
    opened.shipping_address.line1 = vault::StreetAddress("Jalan Melati 5, RT 02 / RW 03");
    opened.shipping_address.city = vault::StreetAddress("Bandung");
    opened.shipping_address.country = vault::StreetAddress("ID");
    opened.shipping_address.postal_code = vault::StreetAddress("40115");
    opened.payment = order_box::ProviderToken{.provider = "sandbox",
                                              .token = vault::PaymentToken("tok_approve")};
    opened.reply_key.point = {.x = std::string(32, 'x'), .y = std::string(32, 'y')};
    opened.locale = "id";
    return opened;
  }
};

contract::PlaceOrder make_order(const derivation::Derivation& derivation, const VariantId& variant,
                                Random& random, UtcTime now) {
  contract::PlaceOrder order;
  order.idempotency_key = make_uuid7(now, random);  // as the storefront does
  order.id = derivation.order_id(order.idempotency_key);
  order.body_sha256 = digest::sha256(order.idempotency_key);
  order.lines = {{.variant_id = variant, .quantity = 1}};
  order.destination = {.country = "ID", .region = "ID-JB", .postal_code = "40115"};
  order.shipping_method = "standard";
  order.total = Money(kPrice + 10'000, kRupiah);
  order.received_at = now;
  order.receipt = derivation.receipt(order.id, order.body_sha256, now);
  return order;
}

struct Setup {
  std::string folder;
  std::string store;  // "sqlite", or the URL of an empty PostgreSQL database
  std::size_t skus = 1;
  int seconds = 10;
  bool as_json = false;
  bool charge = false;
  bool check = false;
};

std::unique_ptr<store::Database> open_database(const Setup& setup) {
  return store::is_postgres_url(setup.store)
             ? store::open_postgres({.url = setup.store}).value()
             : store::open_sqlite({.file = setup.folder + "/core.db"}).value();
}

struct Shop {
  explicit Shop(const Setup& setup)
      : variants(make_variants(setup.skus)),
        prices(variants),
        database(open_database(setup)),
        connection(database->connect().value()),
        vault(vault::Vault::open(setup.folder + "/keys", system_random()).value()) {
    CHECK(store::migrate(*connection, database->dialect()).has_value());
    fill_stock();
    feed = inventory::AvailabilityFeed::start(*database).value();
    orders::Options options;
    options.charge = setup.charge;
    service = orders::OrderService::start({.database = *database,
                                           .derivation = derivation,
                                           .vault = *vault,
                                           .prices = prices,
                                           .boxes = boxes,
                                           .payments = *provider,
                                           .availability = *feed,
                                           .clock = system_clock(),
                                           .random = system_random()},
                                          options)
                  .value();
  }

  void fill_stock() {
    auto transaction = store::Transaction::begin(*connection).value();
    for (const VariantId& id : variants) {
      CHECK(inventory::apply_import_quantity(*connection, id, kLocation, inventory::kOnHandMax)
                .has_value());
    }
    CHECK(transaction.commit().has_value());
  }

  std::vector<VariantId> variants;
  derivation::Derivation derivation = derivation::Derivation::create(std::string(32, 'b')).value();
  Prices prices;
  OpenedBoxes boxes;
  std::unique_ptr<payments::PaymentProvider> provider = payments::make_sandbox({});
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Connection> connection;
  std::unique_ptr<vault::Vault> vault;
  std::unique_ptr<inventory::AvailabilityFeed> feed;
  std::unique_ptr<orders::OrderService> service;
};

// Keeps kCallsUnderWay calls inside until the time is over; returns how long it took.
double drive(Shop& shop, std::chrono::seconds seconds, std::atomic<std::uint64_t>& failed) {
  std::counting_semaphore<kCallsUnderWay> free_calls(kCallsUnderWay);
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t number = 0;
  BlockRandom random(system_random());
  while (std::chrono::steady_clock::now() - start < seconds) {
    free_calls.acquire();
    std::vector<contract::PlaceOrder> batch;
    batch.reserve(kCallOrders);
    const UtcTime now = system_clock().now();
    for (int i = 0; i < kCallOrders; ++i) {
      const VariantId& variant = shop.variants[number % shop.variants.size()];
      ++number;
      batch.push_back(make_order(shop.derivation, variant, random, now));
    }
    shop.service->place(std::move(batch), [&](const std::vector<contract::PlaceOutcome>& outcomes) {
      for (const auto& outcome : outcomes) {
        if (!std::holds_alternative<contract::Placed>(outcome)) {
          ++failed;
        }
      }
      free_calls.release();
    });
  }
  for (int i = 0; i < kCallsUnderWay; ++i) {
    free_calls.acquire();
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// CPU time of this whole process until now, the making of the orders included.
double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void print(const orders::Stats& stats, double took_s, double cpu_s, bool as_json) {
  const double rate = static_cast<double>(stats.placed) / took_s;
  const auto microseconds = [&](std::uint64_t nanoseconds) {
    return static_cast<double>(nanoseconds) / 1e3 / static_cast<double>(stats.placed);
  };
  const std::pair<const char*, double> stages[] = {
      {"validate_us", microseconds(stats.validate_ns)},
      {"open_us", microseconds(stats.open_ns)},
      {"seal_us", microseconds(stats.seal_ns)},
      {"decide_us", microseconds(stats.decide_ns)},
      {"write_us", microseconds(stats.write_ns)},
      {"commit_us", microseconds(stats.commit_ns)},
      {"acknowledge_us", microseconds(stats.acknowledge_ns)},
      {"process_cpu_us", cpu_s * 1e6 / static_cast<double>(stats.placed)}};
  const double batch = static_cast<double>(stats.placed) / static_cast<double>(stats.batches);
  if (as_json) {
    std::string text;
    json::Writer writer(text);
    writer.object();
    writer.key("orders_per_second");
    writer.number(rate);
    writer.field("orders", static_cast<std::int64_t>(stats.placed));
    writer.key("orders_per_batch");
    writer.number(batch);
    writer.key("stages");
    writer.object();
    for (const auto& [name, value] : stages) {
      writer.key(name);
      writer.number(value);
    }
    writer.end_object();
    writer.end_object();
    std::printf("%s\n", text.c_str());
    return;
  }
  std::printf("%.0f orders/s (%llu orders, %.0f per batch); microseconds per order:\n", rate,
              static_cast<unsigned long long>(stats.placed), batch);
  for (const auto& [name, value] : stages) {
    std::printf("  %-15s %6.1f\n", name, value);
  }
}

int run(const Setup& setup) {
  Shop shop(setup);
  std::atomic<std::uint64_t> failed{0};
  const double cpu_before_s = cpu_seconds();
  const double took_s = drive(shop, std::chrono::seconds(setup.seconds), failed);
  const double cpu_s = cpu_seconds() - cpu_before_s;
  const orders::Stats stats = shop.service->stats();
  shop.service.reset();
  if (failed > 0 || stats.placed == 0) {
    std::fprintf(stderr, "%llu orders were not placed\n",
                 static_cast<unsigned long long>(failed.load()));
    return 1;
  }
  if (setup.check) {
    const auto report = verify::verify(*shop.connection, shop.database->dialect(),
                                       {.derivation = &shop.derivation, .vault = shop.vault.get()});
    if (!report.has_value() || !report->breaches.empty()) {
      std::fprintf(stderr, "verify found breaches\n");
      return 1;
    }
  }
  print(stats, took_s, cpu_s, setup.as_json);
  return 0;
}

}  // namespace
}  // namespace dermaga

int main(int argc, char** argv) {
  CLI::App app("Full durable orders per second through core's order path, in process");
  dermaga::Setup setup;
  setup.store = "sqlite";
  app.add_option("--data", setup.folder, "an empty folder; default: a new one in /tmp");
  app.add_option("--store", setup.store,
                 "sqlite: a new database in that folder; or postgres://… of an empty database")
      ->check([](const std::string& store) {
        return store == "sqlite" || dermaga::store::is_postgres_url(store)
                   ? std::string()
                   : std::string("--store takes sqlite or postgres://…");
      });
  app.add_option("--skus", setup.skus, "SKUs that share the load")->check(CLI::Range(1, 100'000));
  app.add_option("--seconds", setup.seconds, "how long orders are placed")
      ->check(CLI::Range(1, 600));
  app.add_flag("--json", setup.as_json, "one JSON object");
  app.add_flag("--charge", setup.charge, "charge the orders too, through the sandbox provider");
  app.add_flag("--verify", setup.check, "recompute every promise from the rows afterwards");
  CLI11_PARSE(app, argc, argv);
  const bool temporary = setup.folder.empty();
  if (temporary) {
    char name[] = "/tmp/dermaga-bench-orders-XXXXXX";
    if (::mkdtemp(name) == nullptr) {
      std::perror("mkdtemp");
      return 1;
    }
    setup.folder = name;
  }
  const int code = dermaga::run(setup);
  if (temporary) {
    std::filesystem::remove_all(setup.folder);
  }
  return code;
}
