#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "audit/exporter.h"
#include "card_vault/card_vault.h"
#include "catalog/catalog.h"
#include "config/config.h"
#include "contract/core_service.h"
#include "contract/spool.h"
#include "customers/customers.h"
#include "customers/indexer.h"
#include "customers/look_up.h"
#include "identity/identity.h"
#include "inventory/availability_feed.h"
#include "leases/lessor.h"
#include "mail/outgoing.h"
#include "orders/orders.h"
#include "payments/payments.h"
#include "result/result.h"
#include "retention/retention.h"
#include "sealed_calls/sealed_calls.h"
#include "serving/revoked.h"
#include "shop/foundation.h"
#include "shop/four_eyes.h"
#include "tamper_probe/watch.h"

namespace dermaga::shop {

class AccountDesk;

// Hands a file's quantities to inventory and remembers which variants to tell the edges about once
// the import has committed. Used by one import at a time.
class ImportedStock final : public catalog::StockSink {
 public:
  Status apply_import_quantity(store::Connection& connection, const VariantId& variant,
                               const LocationId& location, std::int64_t quantity) override;
  // The variants touched since the last call.
  std::vector<VariantId> take_touched();

 private:
  std::mutex mutex_;
  std::vector<VariantId> touched_;
};

// One open shop: every private module put together, and the methods the public zone may call. Owns
// everything; thread-safe.
class Shop final : public contract::CoreService, public contract::DeliveryService {
 public:
  // `registry`, where there is one, outlives it.
  static Result<std::shared_ptr<Shop>> open(const Paths& paths, const config::Shop& config,
                                            const Clock& clock, Random& random,
                                            metrics::Registry* registry = nullptr);
  ~Shop() override;

  void place_orders(std::vector<contract::PlaceOrder> batch,
                    std::function<void(std::vector<contract::PlaceOutcome>)> done) override;
  Result<contract::OrderView> order_view(const OrderId& id,
                                         const std::string& access_token) override;
  void sealed_call(std::string box, UtcTime received_at,
                   std::function<void(contract::SealedAnswer)> done) override;
  std::shared_ptr<const contract::SignedSnapshot> snapshot() override;
  std::unique_ptr<contract::Subscription> on_snapshot(
      std::function<void(std::shared_ptr<const contract::SignedSnapshot>)> changed) override;
  std::unique_ptr<contract::Subscription> on_capacity(
      std::function<void(const contract::CapacityUpdate&)> changed) override;
  contract::EdgeKeys edge_keys() override;
  Result<contract::Asset> asset(const std::string& sha256_hex) override;
  Result<std::string> renew_certificate(const std::string& request_pem,
                                        const Renewing& caller) override;
  Result<contract::WitnessAnswer> witness(const contract::WitnessRequest& request) override;

  void deliver_orders(contract::Delivery delivery,
                      std::function<void(std::vector<contract::PlaceOutcome>)> done) override;
  Result<contract::LeaseGrant> exchange_lease(const contract::LeaseRequest& request) override;

  // About once a second: takes up what other cores on the same store have published.
  void follow();

  // About once a second: who ordered since can be looked up.
  void index_customers() { indexer_->run_due(); }

  // Every minute: signs what was added to the audit log.
  void checkpoint_audit_log();
  // Every minute: ends requests that nobody decided in time.
  void expire_approvals();
  // About once a second: copies what was added to it to where the settings say.
  void export_audit_log();

  // For the commands of staff.
  Result<catalog::ImportReport> import_file(const std::string& path, const audit::Actor& actor);
  // One certificate of the link and all that were renewed from it; how many.
  Result<std::int64_t> revoke_certificate(const std::string& serial, const audit::Actor& actor,
                                          const std::string& reason);
  std::shared_ptr<serving::RevokedCertificates> revoked() { return revoked_; }
  Result<std::unique_ptr<store::Connection>> connect() { return foundation_.database->connect(); }
  orders::OrderService& orders() { return *orders_; }
  // Refunds, cancellations and destroyed keys come through it, so that nobody does them alone who
  // must not.
  FourEyes& four_eyes() { return *four_eyes_; }
  leases::Lessor& leases() { return *leases_; }
  customers::Customers& customers() { return *customers_; }
  const customers::LookUp& look_up() { return *look_up_; }
  identity::Identity& staff() { return *staff_; }
  accounts::Accounts& accounts();
  card_vault::CardVault& cards();
  retention::Retention& retention() { return *retention_; }
  tamper_probe::Watch& storefront_watch() { return *storefront_watch_; }
  mail::Outgoing& mail() { return *mail_; }
  inventory::AvailabilityFeed& availability() { return *availability_; }
  const Foundation& foundation() const { return foundation_; }
  audit::AuditLog& audit_log() { return *foundation_.audit_log; }
  const config::Shop& config() const { return config_; }
  const Clock& clock() const { return clock_; }

 private:
  class Prices;

  Shop(Foundation foundation, config::Shop config, const Clock& clock);
  Status start(Random& random, const Paths& paths, metrics::Registry* registry);
  Status load_revoked();
  Status tell_of_cards();
  Status start_look_up(metrics::Registry* registry);
  Status start_orders(Random& random);
  Status start_staff(Random& random);
  Status start_accounts(Random& random, metrics::Registry* registry);
  Status start_storefront_watch(Random& random, const Paths& paths, metrics::Registry* registry);
  std::function<std::string()> page_policy();
  void start_retention(const Paths& paths, metrics::Registry* registry);
  Status start_mail(Random& random, const Paths& paths, metrics::Registry* registry);

  Foundation foundation_;
  config::Shop config_;
  const Clock& clock_;
  ImportedStock imported_stock_;
  std::unique_ptr<mail::Outgoing> mail_;  // outlives all who post
  std::unique_ptr<customers::Customers> customers_;
  std::unique_ptr<vault::BlindIndex> customer_index_;
  std::unique_ptr<vault::BlindIndex> account_index_;
  std::unique_ptr<customers::Indexer> indexer_;
  std::unique_ptr<customers::LookUp> look_up_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<orders::PriceSource> prices_;
  std::unique_ptr<orders::BoxOpener> boxes_;
  std::unique_ptr<sealed_calls::CallOpener> call_opener_;
  std::unique_ptr<inventory::AvailabilityFeed> availability_;
  std::unique_ptr<leases::Lessor> leases_;
  std::unique_ptr<AccountDesk> accounts_;
  std::unique_ptr<payments::PaymentProvider> payments_;
  std::unique_ptr<orders::OrderService> orders_;
  std::unique_ptr<FourEyes> four_eyes_;
  std::unique_ptr<sealed_calls::SealedCalls> sealed_calls_;  // its threads use the orders
  std::unique_ptr<vault::FieldKey> staff_key_;
  std::unique_ptr<vault::BlindIndex> staff_index_;
  std::unique_ptr<passwords::BreachedList> breached_;
  std::unique_ptr<identity::Identity> staff_;
  std::unique_ptr<passwords::Hasher> hasher_;  // first to end: its threads use all of the above
  std::unique_ptr<tamper_probe::Watch> storefront_watch_;
  std::shared_ptr<serving::RevokedCertificates> revoked_ =
      std::make_shared<serving::RevokedCertificates>();
  std::unique_ptr<retention::Retention> retention_;
  bool follows_ = true;  // follow() succeeded last
  std::optional<audit::Exporter> exporter_;
  bool exports_ = true;  // export_audit_log() succeeded last
};

}  // namespace dermaga::shop
