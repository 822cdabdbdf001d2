#include "fixture.h"

#include <stdlib.h>

#include "files/files.h"
#include "pki/pki.h"
#include "wire/snapshot.h"

namespace dermaga::link_test {

namespace {

template <typename T>
T must(Result<T> result) {
  EXPECT_TRUE(result.has_value()) << (result.has_value() ? "" : result.error().message());
  CHECK(result.has_value());
  return *std::move(result);
}

Money rupiah(std::int64_t amount) {
  return Money(amount, *Currency::parse("IDR"));
}

contract::PlaceOutcome outcome_of(const contract::PlaceOrder& order) {
  if (order.coupon == "short") {
    return contract::OutOfStock{{{.variant_id = order.lines[0].variant_id,
                                  .requested = order.lines[0].quantity,
                                  .available = 1}}};
  }
  if (order.coupon == "dearer") {
    contract::PriceChanged changed;
    changed.quote.total = rupiah(order.total.amount() + 1);
    changed.quote.subtotal = changed.quote.total;
    changed.quote.discount = changed.quote.shipping = changed.quote.tax = rupiah(0);
    return changed;
  }
  if (order.coupon == "refused") {
    return contract::Refused{.http_status = 422, .code = "unknown_coupon", .detail = "no such one"};
  }
  contract::Placed placed;
  placed.order.id = order.id;
  placed.order.total = order.total;
  placed.order.placed_at = order.received_at;
  placed.order.reserved_until = order.received_at + std::chrono::minutes(15);
  return placed;
}

}  // namespace

Certificates::Certificates() {
  std::string pattern = (std::filesystem::temp_directory_path() / "link-test-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  authority_ = std::make_unique<authority::Authority>(
      must(authority::Authority::open_or_create(path("ca"), kShop, system_clock())));
  issue("core", {.role_uri = "dermaga://toko/private/core", .server = true, .client = false});
  issue_role("public/edge");
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Certificates::issue(const std::string& name, const Kind& kind) const {
  const std::string key = must(pki::generate_key_pem());
  const std::string uri = kind.role_uri.empty() ? "dermaga://toko/none" : kind.role_uri;
  const std::string request = must(pki::make_request_pem(key, uri));
  authority::Authority::Leaf leaf{.role_uri = kind.role_uri,
                                  .dns_names = {},
                                  .addresses = {},
                                  .common_name = name,
                                  .lifetime = kind.lifetime,
                                  .server = kind.server,
                                  .client = kind.client};
  if (kind.server || kind.role_uri.empty()) {
    leaf.dns_names = {"core.toko"};
  }
  std::string certificate;
  if (kind.foreign) {
    const auto other =
        must(authority::Authority::open_or_create(path("foreign-ca"), kShop, system_clock()));
    certificate = must(other.issue(request, leaf));
  } else if (kind.clock != nullptr) {
    const auto then = must(authority::Authority::open_or_create(path("ca"), kShop, *kind.clock));
    certificate = must(then.issue(request, leaf));
  } else {
    certificate = must(authority_->issue(request, leaf));
  }
  CHECK(files::write_file_atomically(path(name + ".key"), key, 0600).has_value());
  CHECK(files::write_file_atomically(path(name + ".crt"), certificate, 0644).has_value());
  return path(name);
}

std::string Certificates::issue_role(const std::string& role) const {
  const std::string name = role.substr(role.find('/') + 1);
  return issue(name, {.role_uri = "dermaga://toko/" + role});
}

class FakeCore::Subscribed final : public contract::Subscription {
 public:
  explicit Subscribed(std::function<void()> end) : end_(std::move(end)) {}
  ~Subscribed() override { end_(); }

 private:
  const std::function<void()> end_;
};

FakeCore::~FakeCore() {
  hold_batches(false);
}

void FakeCore::place_orders(std::vector<contract::PlaceOrder> batch,
                            std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  std::unique_lock lock(mutex_);
  batch_sizes_.push_back(batch.size());
  auto answer = [batch = std::move(batch), done = std::move(done)] {
    std::vector<contract::PlaceOutcome> outcomes;
    outcomes.reserve(batch.size());
    for (const auto& order : batch) {
      outcomes.push_back(outcome_of(order));
    }
    done(std::move(outcomes));
  };
  if (holding_) {
    held_.push_back(std::move(answer));
    return;
  }
  lock.unlock();
  answer();
}

void FakeCore::deliver_orders(contract::Delivery delivery,
                              std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  std::vector<contract::PlaceOutcome> outcomes;
  outcomes.reserve(delivery.orders.size());
  for (const auto& delivered : delivery.orders) {
    outcomes.push_back(outcome_of(delivered.order));
  }
  done(std::move(outcomes));
}

Result<contract::LeaseGrant> FakeCore::exchange_lease(const contract::LeaseRequest& request) {
  return contract::LeaseGrant{.epoch = request.newest_epoch + 1,
                              .valid_for = std::chrono::seconds(30)};
}

Result<contract::OrderView> FakeCore::order_view(const OrderId& id, const std::string& token) {
  if (token != "token") {
    return make_error(ErrorCode::kForbidden, "not this order's token");
  }
  if (id.str() != "ord_known") {
    return make_error(ErrorCode::kNotFound, "no such order");
  }
  contract::OrderView view;
  view.id = id;
  view.status = order_state::OrderStatus::kConfirmed;
  view.total = rupiah(5);
  return view;
}

void FakeCore::sealed_call(std::string box, UtcTime,
                           std::function<void(contract::SealedAnswer)> done) {
  std::thread([box = std::move(box), done = std::move(done)] {
    if (box == "bad") {
      done({.http_status = 400,
            .sealed = "",
            .problem = {.http_status = 400, .code = "sealed_invalid"}});
    } else {
      done({.http_status = 200, .sealed = "re:" + box, .problem = {}});
    }
  }).detach();
}

std::shared_ptr<const contract::SignedSnapshot> FakeCore::snapshot() {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

std::unique_ptr<contract::Subscription> FakeCore::on_snapshot(
    std::function<void(std::shared_ptr<const contract::SignedSnapshot>)> changed) {
  const std::lock_guard lock(subscribers_mutex_);
  const int id = ++last_subscriber_;
  on_snapshot_[id] = std::move(changed);
  return std::make_unique<Subscribed>([this, id] {
    const std::lock_guard end_lock(subscribers_mutex_);
    on_snapshot_.erase(id);
  });
}

std::unique_ptr<contract::Subscription> FakeCore::on_capacity(
    std::function<void(const contract::CapacityUpdate&)> changed) {
  const std::lock_guard lock(subscribers_mutex_);
  changed({.orders_per_second = 100,
           .complete = true,
           .changes = {{*VariantId::parse("var_a"), contract::Availability::kInStock}}});
  const int id = ++last_subscriber_;
  on_capacity_[id] = std::move(changed);
  return std::make_unique<Subscribed>([this, id] {
    const std::lock_guard end_lock(subscribers_mutex_);
    on_capacity_.erase(id);
  });
}

contract::EdgeKeys FakeCore::edge_keys() {
  return {.derivation_key = std::string(32, 'd'),
          .sealing_keys_json = R"({"keys":[]})",
          .catalog_public_key = key.public_key()};
}

Result<contract::Asset> FakeCore::asset(const std::string& sha256_hex) {
  if (sha256_hex != std::string(64, 'a')) {
    return make_error(ErrorCode::kNotFound, "not in the catalog");
  }
  return contract::Asset{sha256_hex, "image/svg+xml", std::string(1'000'000, 'p')};
}

Result<std::string> FakeCore::renew_certificate(const std::string& request_pem,
                                                const Renewing& caller) {
  {
    const std::lock_guard lock(mutex_);
    if (renewals_refused_) {
      return make_error(ErrorCode::kUnavailable, "not now");
    }
    ++renewals_;
  }
  return certificates_.authority().issue(request_pem, {.role_uri = caller.role_uri,
                                                       .dns_names = {},
                                                       .addresses = {},
                                                       .common_name = "edge",
                                                       .client = true});
}

Result<contract::WitnessAnswer> FakeCore::witness(const contract::WitnessRequest& request) {
  return contract::WitnessAnswer{.note = request.witness_name + " " + std::to_string(request.size),
                                 .proof = {request.public_key}};
}

void FakeCore::publish(std::uint64_t version, std::size_t filler_bytes) {
  contract::CatalogSnapshot snapshot;
  snapshot.version = version;
  snapshot.shop_id = kShop;
  snapshot.locales = {"id"};
  snapshot.rules.currency = *Currency::parse("IDR");
  // Not compressible, so that the size on the wire is as asked.
  for (std::size_t i = 0; i * 1'000 < filler_bytes; ++i) {
    product::Product product;
    product.id = *ProductId::parse("prod_" + std::to_string(i));
    product.handle = "p" + std::to_string(i);
    std::string text(1'000, '\0');
    for (char& c : text) {
      c = static_cast<char>('!' + rand() % 90);
    }
    product.description_html = {{"id", text}};
    product.variants = {{.id = *VariantId::parse("var_" + std::to_string(i)), .price = rupiah(1)}};
    snapshot.assortment.products.push_back(product);
  }
  const auto signed_one =
      std::make_shared<contract::SignedSnapshot>(wire::sign_snapshot(snapshot, key));
  {
    const std::lock_guard lock(mutex_);
    snapshot_ = signed_one;
  }
  const std::lock_guard lock(subscribers_mutex_);
  for (const auto& [id, changed] : on_snapshot_) {
    changed(signed_one);
  }
}

void FakeCore::push_capacity(const contract::CapacityUpdate& update) {
  const std::lock_guard lock(subscribers_mutex_);
  for (const auto& [id, changed] : on_capacity_) {
    changed(update);
  }
}

void FakeCore::hold_batches(bool hold) {
  std::vector<std::function<void()>> released;
  {
    const std::lock_guard lock(mutex_);
    holding_ = hold;
    if (!hold) {
      released.swap(held_);
    }
  }
  for (const auto& answer : released) {
    answer();
  }
}

void FakeCore::set_renewals_refused(bool refused) {
  const std::lock_guard lock(mutex_);
  renewals_refused_ = refused;
}

std::vector<std::size_t> FakeCore::batch_sizes() const {
  const std::lock_guard lock(mutex_);
  return batch_sizes_;
}

int FakeCore::renewals() const {
  const std::lock_guard lock(mutex_);
  return renewals_;
}

std::size_t FakeCore::watchers() const {
  const std::lock_guard lock(subscribers_mutex_);
  return on_snapshot_.size() + on_capacity_.size();
}

template <typename Change>
void Recorder::record(const char* event, Change change) {
  EXPECT_EQ(inside_.fetch_add(1), 0) << "the listener was called twice at a time";
  {
    const std::lock_guard lock(mutex_);
    events.emplace_back(event);
    change();
  }
  changed_.notify_all();
  inside_.fetch_sub(1);
}

void Recorder::on_connected(bool now) {
  record(now ? "connected" : "disconnected", [&] {
    connected = now;
    ++(now ? connects : disconnects);
  });
}
void Recorder::on_keys(const contract::EdgeKeys&) {
  record("keys", [] {});
}
void Recorder::on_snapshot(contract::SignedSnapshot snapshot) {
  record("snapshot", [&] { snapshots.push_back(std::move(snapshot)); });
}
void Recorder::on_capacity(const contract::CapacityUpdate& update) {
  record("capacity", [&] {
    capacities.push_back(update);
    capacity_times.push_back(std::chrono::steady_clock::now());
  });
}

bool Recorder::wait_for(const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, seconds(10), condition);
}

bool Recorder::wait_connected(bool wanted) {
  return wait_for([&] { return connected == wanted; });
}

contract::PlaceOrder make_order(int number, const std::string& coupon) {
  contract::PlaceOrder order;
  order.id = *OrderId::parse("ord_" + std::to_string(number));
  order.idempotency_key = "key-" + std::to_string(number);
  order.body_sha256 = std::string(32, 'b');
  order.lines = {{.variant_id = *VariantId::parse("var_a"), .quantity = 2}};
  order.destination = {.country = "ID", .region = "ID-JK", .postal_code = "10110"};
  order.shipping_method = "standard";
  order.coupon = coupon;
  order.total = rupiah(number);
  order.quote = std::string(300, 'q');
  order.sealed = std::string(1'500, 's');
  order.received_at = from_unix_ms(1'795'000'000'000);
  order.receipt = std::string(43, 'r');
  return order;
}

LinkTest::LinkTest() : core(std::make_shared<FakeCore>(certificates)) {
  core->publish(1);
  options = {.target = "",
             .server_name = "core.toko",
             .ca_file = certificates.ca_file(),
             .certificate_file = certificates.path("edge.crt"),
             .private_key_file = certificates.path("edge.key"),
             .role_uri = "dermaga://toko/public/edge"};
}

core_end::LinkServerOptions LinkTest::server_options(int port) const {
  return {.address = "127.0.0.1:" + std::to_string(port),
          .shop_id = kShop,
          .ca_file = certificates.ca_file(),
          .certificate_file = certificates.path("core.crt"),
          .private_key_file = certificates.path("core.key"),
          .revoked = revoked};
}

void LinkTest::start_server(int port) {
  server = must(core_end::LinkServer::start(server_options(port), core, core));
  options.target = "127.0.0.1:" + std::to_string(server->port());
}

void LinkTest::start_link(std::uint64_t known_version) {
  link = must(edge_end::Link::start(options, known_version, recorder));
}

std::future<Result<contract::PlaceOutcome>> LinkTest::place(contract::PlaceOrder order) {
  auto promise = std::make_shared<std::promise<Result<contract::PlaceOutcome>>>();
  auto future = promise->get_future();
  link->place(std::move(order), [promise](Result<contract::PlaceOutcome> outcome) {
    promise->set_value(std::move(outcome));
  });
  return future;
}

}  // namespace dermaga::link_test
