#include "shop/shop.h"

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "account_desk.h"
#include "certificates/certificates.h"
#include "inventory/inventory.h"
#include "log/log.h"
#include "mail/mail.h"
#include "page_policy/page_policy.h"
#include "payments/sandbox.h"
#include "pki/pki.h"
#include "settings_seen.h"
#include "wire/snapshot.h"

namespace dermaga::shop {

namespace {

Result<std::unique_ptr<payments::PaymentProvider>> make_provider(const std::string& name) {
  if (name == "sandbox") {
    return payments::make_sandbox({});
  }
  return make_error(ErrorCode::kInvalidArgument,
                    "payment provider \"" + name + "\" is not known; use \"sandbox\"");
}

// Opening boxes is the heaviest work of an order, so preparation gets every core; the committer
// mostly waits for the disk.
std::size_t preparation_threads() {
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

config::Shop with_addresses(config::Shop config) {
  if (config.admin_url.empty()) {
    config.admin_url = default_admin_url(kDefaultPortBase);
  }
  if (config.public_url.empty()) {
    config.public_url = default_public_url(kDefaultPortBase);
  }
  return config;
}

}  // namespace

Status ImportedStock::apply_import_quantity(store::Connection& connection, const VariantId& variant,
                                            const LocationId& location, std::int64_t quantity) {
  ASSIGN_OR_RETURN(const bool changed,
                   inventory::apply_import_quantity(connection, variant, location, quantity));
  if (changed) {
    const std::lock_guard lock(mutex_);
    touched_.push_back(variant);
  }
  return {};
}

std::vector<VariantId> ImportedStock::take_touched() {
  const std::lock_guard lock(mutex_);
  return std::exchange(touched_, {});
}

// Adapts the catalog's price books to what orders ask for.
class Shop::Prices final : public orders::PriceSource {
 public:
  explicit Prices(catalog::Catalog& catalog) : catalog_(catalog) {}
  std::shared_ptr<const pricing::PriceBook> current() override { return catalog_.current(); }
  std::shared_ptr<const pricing::PriceBook> at(std::uint64_t version) override {
    return catalog_.at(version);
  }

 private:
  catalog::Catalog& catalog_;
};

Shop::Shop(Foundation foundation, config::Shop config, const Clock& clock)
    : foundation_(std::move(foundation)), config_(std::move(config)), clock_(clock) {}

Shop::~Shop() {
  // Whoever answers calls ends before what they use.
  sealed_calls_.reset();
  if (accounts_ != nullptr) {
    accounts_->stop();
  }
}

Result<std::shared_ptr<Shop>> Shop::open(const Paths& paths, const config::Shop& config,
                                         const Clock& clock, Random& random,
                                         metrics::Registry* registry) {
  ASSIGN_OR_RETURN(auto foundation, Foundation::open(paths, config, clock, random));
  std::shared_ptr<Shop> shop(new Shop(std::move(foundation), with_addresses(config), clock));
  RETURN_IF_ERROR(shop->start_mail(random, paths, registry));
  RETURN_IF_ERROR(shop->start(random, paths, registry));
  shop->start_retention(paths, registry);
  RETURN_IF_ERROR(shop->start_look_up(registry));
  RETURN_IF_ERROR(shop->start_storefront_watch(random, paths, registry));
  return shop;
}

Status Shop::start(Random& random, const Paths& paths, metrics::Registry* registry) {
  customers_ =
      std::make_unique<customers::Customers>(customers::Ports{.database = *foundation_.database,
                                                              .vault = *foundation_.vault,
                                                              .audit_log = *foundation_.audit_log,
                                                              .erasures = *foundation_.erasures,
                                                              .clock = clock_});
  RETURN_IF_ERROR(record_changed_settings(*foundation_.database, config_, clock_));
  // Before anybody reads or is served: the store may be an older one.
  RETURN_IF_ERROR(customers_->replay_erasures());
  RETURN_IF_ERROR(load_revoked());
  if (!config_.audit_export.empty()) {
    ASSIGN_OR_RETURN(auto exporter, audit::Exporter::open(*foundation_.database,
                                                          paths.private_folder + "/audit-exported",
                                                          audit::sink_named(config_.audit_export)));
    exporter_.emplace(std::move(exporter));
  }
  RETURN_IF_ERROR(start_staff(random));
  catalog::CatalogOptions options;
  options.assets_directory = paths.assets;
  options.shop = config_;
  options.sign = [key = foundation_.catalog_key.get()](const contract::CatalogSnapshot& snapshot) {
    return wire::sign_snapshot(snapshot, *key);
  };
  ASSIGN_OR_RETURN(catalog_, catalog::Catalog::open(*foundation_.database, imported_stock_, clock_,
                                                    std::move(options)));
  prices_ = std::make_unique<Prices>(*catalog_);
  boxes_ = orders::make_box_opener(*foundation_.keyring);
  call_opener_ = sealed_calls::make_call_opener(*foundation_.keyring, random);
  ASSIGN_OR_RETURN(availability_, inventory::AvailabilityFeed::start(*foundation_.database));
  leases_ = std::make_unique<leases::Lessor>(
      *foundation_.database, clock_,
      leases::Policy{.share_percent = config_.lease_share_percent,
                     .units_max = config_.lease_units_max,
                     .keep_units = config_.lease_keep_units,
                     .valid_for = std::chrono::minutes(config_.lease_valid_minutes)},
      [this](const std::vector<VariantId>& touched) { availability_->touched(touched); });
  ASSIGN_OR_RETURN(payments_, make_provider(config_.payment_provider));
  RETURN_IF_ERROR(start_accounts(random, registry));
  return start_orders(random);
}

Status Shop::start_orders(Random& random) {
  orders::Options order_options;
  order_options.queue_max = static_cast<std::size_t>(config_.order_queue_max);
  order_options.batch_max = static_cast<std::size_t>(config_.order_batch_max);
  order_options.prepare_threads = preparation_threads();
  order_options.hold = std::chrono::minutes(config_.hold_minutes);
  const orders::Ports ports{.database = *foundation_.database,
                            .derivation = *foundation_.derivation,
                            .vault = *foundation_.vault,
                            .prices = *prices_,
                            .boxes = *boxes_,
                            .payments = *payments_,
                            .availability = *availability_,
                            .clock = clock_,
                            .random = random,
                            .accounts = accounts_.get(),
                            .cards = accounts_.get()};
  ASSIGN_OR_RETURN(orders_, orders::OrderService::start(ports, order_options));
  accounts_->know_orders(*orders_);
  four_eyes_ = std::make_unique<FourEyes>(FourEyes::Ports{.database = *foundation_.database,
                                                          .vault = *foundation_.vault,
                                                          .audit_log = *foundation_.audit_log,
                                                          .orders = *orders_,
                                                          .clock = clock_,
                                                          .random = random},
                                          config_.four_eyes, config_.currency);
  sealed_calls_ = std::make_unique<sealed_calls::SealedCalls>(
      sealed_calls::Ports{.database = *foundation_.database,
                          .opener = *call_opener_,
                          .clock = clock_,
                          .orders = orders_->calls(),
                          .accounts = &accounts_->calls()});
  return {};
}

Status Shop::start_accounts(Random& random, metrics::Registry* registry) {
  ASSIGN_OR_RETURN(accounts_,
                   AccountDesk::open({.foundation = foundation_,
                                      .config = config_,
                                      .customers = *customers_,
                                      .breached = *breached_,
                                      .send_mail =
                                          [this](accounts::Mail mail) {
                                            return mail_->post({.to = std::move(mail.to),
                                                                .subject = std::move(mail.subject),
                                                                .text = std::move(mail.text)});
                                          },
                                      .clock = clock_,
                                      .random = random,
                                      .registry = registry}));
  return tell_of_cards();
}

// Whoever turns the vault off may take what it holds for gone.
Status Shop::tell_of_cards() {
  ASSIGN_OR_RETURN(const auto connection, connect());
  ASSIGN_OR_RETURN(const std::int64_t cards, this->cards().count(*connection));
  if (!this->cards().is_on() && cards > 0) {
    log::warning("card_vault_off_but_not_empty", {{"cards", cards}});
  }
  return {};
}

card_vault::CardVault& Shop::cards() {
  return accounts_->cards();
}

accounts::Accounts& Shop::accounts() {
  return accounts_->accounts();
}

void Shop::start_retention(const Paths& paths, metrics::Registry* registry) {
  const config::Retention& rules = config_.retention;
  retention_ = std::make_unique<retention::Retention>(
      retention::Ports{.database = *foundation_.database,
                       .customers = *customers_,
                       .forget_what_is_over = [this] { return accounts().forget_what_is_over(); },
                       .mail_folder = paths.mail,
                       .clock = clock_,
                       .registry = registry},
      retention::Rules{.guest_days = rules.guest_days,
                       .declined_days = rules.declined_days,
                       .account_unused_days = rules.account_unused_days,
                       .mail_file_hours = rules.mail_file_hours});
}

Status Shop::start_look_up(metrics::Registry* registry) {
  vault::Vault& vault = *foundation_.vault;
  ASSIGN_OR_RETURN(auto index, vault.blind_index(customers::kIndexPurpose));
  ASSIGN_OR_RETURN(auto account_index, vault.blind_index(accounts::kIndexPurpose));
  customer_index_ = std::make_unique<vault::BlindIndex>(std::move(index));
  account_index_ = std::make_unique<vault::BlindIndex>(std::move(account_index));
  const customers::ContactIndex contacts(*customer_index_, config_.phone_country_code);
  indexer_ = std::make_unique<customers::Indexer>(
      customers::Indexer::Ports{.database = *foundation_.database,
                                .vault = vault,
                                .index = contacts,
                                .clock = clock_,
                                .registry = registry});
  look_up_ = std::make_unique<customers::LookUp>(
      customers::LookUp::Ports{.database = *foundation_.database,
                               .vault = vault,
                               .index = contacts,
                               .account_index = *account_index_,
                               .account_kind = accounts::kAddressKind,
                               .audit_log = *foundation_.audit_log});
  return {};
}

Status Shop::start_mail(Random& random, const Paths& paths, metrics::Registry* registry) {
  const config::Mail& settings = config_.mail;
  const mail::Sender from{.address = settings.from, .name = config_.name};
  auto transport =
      settings.transport == "smtp"
          ? mail::make_smtp({.url = settings.smtp_url,
                             .user = settings.smtp_user,
                             .password = {.path = settings.smtp_password_file,
                                          .apart_from = paths.data,
                                          .what = "the password of the mail server"},
                             .ca_file = settings.smtp_ca_file,
                             .from = from,
                             .clock = clock_,
                             .random = random})
          : mail::make_file_sink(
                {.folder = paths.mail, .from = from, .clock = clock_, .random = random});
  if (!transport.has_value()) {
    return std::unexpected(std::move(transport).error().with_context("[mail] in the settings"));
  }
  mail_ = std::make_unique<mail::Outgoing>(*std::move(transport),
                                           mail::OutgoingOptions{.registry = registry});
  return {};
}

Status Shop::start_staff(Random& random) {
  ASSIGN_OR_RETURN(auto key, foundation_.vault->purpose_key(identity::kFieldPurpose));
  ASSIGN_OR_RETURN(auto index, foundation_.vault->blind_index(identity::kIndexPurpose));
  ASSIGN_OR_RETURN(auto breached,
                   passwords::BreachedList::open(config_.breached_passwords.empty()
                                                     ? std::nullopt
                                                     : std::optional(config_.breached_passwords)));
  staff_key_ = std::make_unique<vault::FieldKey>(std::move(key));
  staff_index_ = std::make_unique<vault::BlindIndex>(std::move(index));
  breached_ = std::make_unique<passwords::BreachedList>(std::move(breached));
  hasher_ = std::make_unique<passwords::Hasher>(passwords::HasherOptions{});
  staff_ = std::make_unique<identity::Identity>(identity::Ports{
      .database = *foundation_.database,
      .field_key = *staff_key_,
      .index = *staff_index_,
      .audit_log = *foundation_.audit_log,
      .hasher = *hasher_,
      .breached = *breached_,
      .clock = clock_,
      .random = random,
      .shop_name = config_.name,
      .relying_party = {.id = host_of(config_.admin_url), .origins = {config_.admin_url}}});
  return {};
}

// What edges send with the newest catalog. One thread at a time.
std::function<std::string()> Shop::page_policy() {
  return [this, seen = std::shared_ptr<const contract::SignedSnapshot>(),
          policy = page_policy::content_security_policy({})]() mutable {
    if (const auto newest = catalog_->snapshot(); newest != nullptr && newest != seen) {
      const auto opened = wire::open_snapshot(*newest, foundation_.catalog_key->public_key());
      if (opened.has_value()) {
        policy = page_policy::content_security_policy(opened->assortment);
        seen = newest;
      }
    }
    return policy;
  };
}

Status Shop::start_storefront_watch(Random& random, const Paths& paths,
                                    metrics::Registry* registry) {
  ASSIGN_OR_RETURN(storefront_watch_,
                   tamper_probe::Watch::open(
                       {.vault = *foundation_.vault,
                        .audit_log = *foundation_.audit_log,
                        .clock = clock_,
                        .random = random,
                        .registry = registry,
                        .policy = page_policy()},
                       {.manifest_file = paths.storefront_manifest,
                        .state_file = paths.storefront_state,
                        .public_url = config_.public_url,
                        .ca_file = paths.pki + "/ca.crt",
                        .locales = config_.locales,
                        .interval = std::chrono::seconds(config_.probe_interval_seconds)}));
  return {};
}

void Shop::place_orders(std::vector<contract::PlaceOrder> batch,
                        std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  orders_->place(std::move(batch), std::move(done));
}

void Shop::deliver_orders(contract::Delivery delivery,
                          std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  log::info("delivery", {{"spool", delivery.spool_id}, {"orders", delivery.orders.size()}});
  orders_->deliver(std::move(delivery), std::move(done));
}

Result<contract::LeaseGrant> Shop::exchange_lease(const contract::LeaseRequest& request) {
  const auto book = catalog_->current();
  return leases_->exchange(request, {.catalog_version = book->catalog_version,
                                     .sells = [&book](const VariantId& variant) {
                                       return book->variants.contains(variant);
                                     }});
}

Result<contract::OrderView> Shop::order_view(const OrderId& id, const std::string& access_token) {
  return orders_->order_view(id, access_token);
}

void Shop::sealed_call(std::string box, UtcTime received_at,
                       std::function<void(contract::SealedAnswer)> done) {
  sealed_calls_->call(std::move(box), received_at, std::move(done));
}

std::shared_ptr<const contract::SignedSnapshot> Shop::snapshot() {
  return catalog_->snapshot();
}

std::unique_ptr<contract::Subscription> Shop::on_snapshot(
    std::function<void(std::shared_ptr<const contract::SignedSnapshot>)> changed) {
  return catalog_->on_snapshot(std::move(changed));
}

std::unique_ptr<contract::Subscription> Shop::on_capacity(
    std::function<void(const contract::CapacityUpdate&)> changed) {
  return availability_->subscribe(std::move(changed));
}

contract::EdgeKeys Shop::edge_keys() {
  return {.derivation_key = foundation_.derivation_secret,
          .sealing_keys_json = foundation_.keyring->public_set_json(),
          .catalog_public_key = foundation_.catalog_key->public_key(),
          .shopper_token_key = accounts_->token_public_key(),
          .audit_origin = foundation_.audit_log->signer().origin,
          .audit_public_key = foundation_.audit_log->signer().public_key};
}

Result<contract::Asset> Shop::asset(const std::string& sha256_hex) {
  return catalog_->asset(sha256_hex);
}

Result<std::string> Shop::renew_certificate(const std::string& request_pem,
                                            const Renewing& caller) {
  ASSIGN_OR_RETURN(const auto present, pki::read_certificate(caller.certificate_pem));
  ASSIGN_OR_RETURN(auto renewed, foundation_.authority->issue(
                                     request_pem, link_leaf(config_.id, caller.role_uri)));
  ASSIGN_OR_RETURN(const auto info, pki::read_certificate(renewed));
  ASSIGN_OR_RETURN(const auto connection, foundation_.database->connect());
  RETURN_IF_ERROR(certificates::record_issued(*connection,
                                              {.serial = info.serial_hex,
                                               .role = caller.role_uri,
                                               .renewed_from = present.serial_hex,
                                               .issued_at = clock_.now(),
                                               .expires_at = info.not_after,
                                               .revoked_at = {}},
                                              clock_.now()));
  // Revoked while this was on its way: what was just recorded was not among what was renewed then.
  RETURN_IF_ERROR(load_revoked());
  if (revoked_->contains(present.serial_hex)) {
    return make_error(ErrorCode::kForbidden, "the present certificate was revoked");
  }
  return renewed;
}

Status Shop::load_revoked() {
  ASSIGN_OR_RETURN(const auto connection, foundation_.database->connect_read_only());
  ASSIGN_OR_RETURN(auto serials, certificates::revoked_serials(*connection));
  revoked_->replace(std::move(serials));
  return {};
}

Result<std::int64_t> Shop::revoke_certificate(const std::string& serial, const audit::Actor& actor,
                                              const std::string& reason) {
  // Longer than any leaf of the link lives.
  constexpr std::chrono::hours kRemembered{24 * 30};
  ASSIGN_OR_RETURN(const auto connection, foundation_.database->connect());
  ASSIGN_OR_RETURN(const auto revoked,
                   certificates::revoke(*connection,
                                        {.serial = serial,
                                         .actor = actor,
                                         .reason = reason,
                                         .remember_until = clock_.now() + kRemembered},
                                        clock_.now()));
  RETURN_IF_ERROR(load_revoked());
  return revoked;
}

Result<contract::WitnessAnswer> Shop::witness(const contract::WitnessRequest& request) {
  audit::AuditLog& log = audit_log();
  if (request.size > 0) {
    const Status kept =
        log.keep_cosignature(request.size, request.cosignature,
                             {.origin = request.witness_name, .public_key = request.public_key});
    if (!kept.has_value()) {
      log::warning("audit_cosignature_not_kept", {{"size", request.size},
                                                  {"witness", request.witness_name},
                                                  {"error", kept.error().message()}});
    }
  }
  ASSIGN_OR_RETURN(auto newest, log.continuation(request.size));
  return contract::WitnessAnswer{.note = std::move(newest.note), .proof = std::move(newest.proof)};
}

void Shop::follow() {
  if (!foundation_.database->is_shared()) {
    return;
  }
  Status followed = catalog_->follow();
  if (followed.has_value()) {
    followed = load_revoked();
  }
  if (!followed.has_value() && follows_) {
    log::error("catalog_not_followed", {{"error", followed.error().message()}});
  }
  follows_ = followed.has_value();
}

void Shop::export_audit_log() {
  if (!exporter_.has_value()) {
    return;
  }
  const auto exported = exporter_->run();
  if (!exported.has_value() && exports_) {
    log::error("audit_log_not_exported", {{"error", exported.error().message()}});
  }
  exports_ = exported.has_value();
}

void Shop::checkpoint_audit_log() {
  const auto signed_now = foundation_.audit_log->checkpoint();
  if (!signed_now.has_value()) {
    log::error("audit_log_not_signed", {{"error", signed_now.error().message()}});
  }
}

void Shop::expire_approvals() {
  if (const Status expired = four_eyes_->approvals().tend(); !expired.has_value()) {
    log::error("approvals_not_tended", {{"error", expired.error().message()}});
  }
}

Result<catalog::ImportReport> Shop::import_file(const std::string& path,
                                                const audit::Actor& actor) {
  // Before it, since it commits many times.
  RETURN_IF_ERROR(audit_log().record({.actor = actor,
                                      .action = "catalog.import",
                                      .subject = std::filesystem::path(path).filename().string()}));
  auto report = catalog_->import_file(path);
  // Told even after a failed import: whole batches may have been committed before it.
  availability_->touched(imported_stock_.take_touched());
  return report;
}

}  // namespace dermaga::shop
