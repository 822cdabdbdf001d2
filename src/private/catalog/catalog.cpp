#include "catalog/catalog.h"

#include <map>
#include <mutex>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "files/files.h"
#include "image_file.h"
#include "importer.h"
#include "log/log.h"
#include "publish.h"
#include "versions.h"

namespace dermaga::catalog {

namespace {

constexpr std::size_t kBooksMax = 64;

using BookPointer = std::shared_ptr<const pricing::PriceBook>;
using SnapshotPointer = std::shared_ptr<const contract::SignedSnapshot>;

// Calls listeners one after another; adding and removing wait for a running call.
class Listeners {
 public:
  std::uint64_t add(SnapshotListener listener) {
    const std::lock_guard lock(mutex_);
    listeners_.emplace(++last_, std::move(listener));
    return last_;
  }
  void remove(std::uint64_t key) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(key);
  }
  void notify(const SnapshotPointer& snapshot) {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, listener] : listeners_) {
      listener(snapshot);
    }
  }

 private:
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, SnapshotListener> listeners_;
};

class ListenerSubscription final : public contract::Subscription {
 public:
  ListenerSubscription(Listeners& listeners, std::uint64_t key)
      : listeners_(listeners), key_(key) {}
  ~ListenerSubscription() override { listeners_.remove(key_); }

 private:
  Listeners& listeners_;
  std::uint64_t key_;
};

Status ensure_location(store::Connection& connection, const std::string& handle) {
  const LocationId id = location_id(handle);
  const store::Parameter values[] = {std::string_view(id.str()), std::string_view(handle)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO locations (id, handle) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", values));
  return {};
}

}  // namespace

LocationId location_id(std::string_view handle) {
  return LocationId::from_bytes(digest::sha256("location\n" + std::string(handle)));
}

class Catalog::State {
 public:
  State(store::Database& database, StockSink& stock, const Clock& clock, CatalogOptions options)
      : database_(database), stock_(stock), clock_(clock), options_(std::move(options)) {}

  Status start();
  Result<ImportReport> import_file(const std::string& path);
  Status follow();
  BookPointer current() const {
    const std::lock_guard lock(mutex_);
    return book_;
  }
  SnapshotPointer snapshot() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }
  BookPointer at(std::uint64_t version);
  Result<contract::Asset> asset(const std::string& sha256_hex) const;
  Listeners& listeners() { return listeners_; }

 private:
  Status refresh(store::Connection& connection, std::uint64_t version);
  // With import_mutex_ held.
  Status publish_newest(store::Connection& connection);

  store::Database& database_;
  StockSink& stock_;
  const Clock& clock_;
  const CatalogOptions options_;
  std::mutex import_mutex_;                      // held through an import; taken before mutex_
  std::unique_ptr<store::Connection> follower_;  // guarded by it
  mutable std::mutex mutex_;                     // guards what follows
  BookPointer book_;
  SnapshotPointer snapshot_;
  std::map<std::string, std::string> content_type_by_asset_;
  std::mutex books_mutex_;  // guards what follows; held through a look-up
  std::unique_ptr<store::Connection> books_connection_;
  std::map<std::uint64_t, DatedBook> books_;  // replaced versions only
  Listeners listeners_;
};

Status Catalog::State::start() {
  if (options_.shop.locales.empty()) {
    return make_error(ErrorCode::kInvalidArgument, "the shop needs at least one locale");
  }
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  ASSIGN_OR_RETURN(books_connection_, database_.connect_read_only());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(ensure_location(*connection, options_.shop.default_location));
  ASSIGN_OR_RETURN(auto newest, newest_version(*connection));
  const std::string digest = shop_digest(options_.shop);
  if (!newest.has_value() || newest->shop_digest != digest) {
    ASSIGN_OR_RETURN(
        const std::uint64_t version,
        add_version(*connection, clock_.now(), rules_to_json(rules_of(options_.shop)), digest));
    newest = VersionRow{.version = version, .shop_digest = digest};
  }
  RETURN_IF_ERROR(transaction.commit());
  return refresh(*connection, newest->version);
}

// Reads what is published now and swaps it in, whole.
Status Catalog::State::refresh(store::Connection& connection, std::uint64_t version) {
  contract::CatalogSnapshot snapshot = snapshot_head(options_.shop);
  snapshot.version = version;
  ASSIGN_OR_RETURN(snapshot.assortment, load_assortment(connection, options_.shop));
  ASSIGN_OR_RETURN(DatedBook dated, load_price_book(connection, version));
  if (dated.book == nullptr) {
    return make_error(ErrorCode::kCorrupt,
                      "the catalog's version " + std::to_string(version) + " is missing");
  }
  std::map<std::string, std::string> assets;
  for (const product::Product& product : snapshot.assortment.products) {
    for (const product::Image& image : product.images) {
      if (!image.sha256_hex.empty()) {
        assets.emplace(image.sha256_hex, image.content_type);
      }
    }
  }
  auto signed_snapshot = std::make_shared<const contract::SignedSnapshot>(options_.sign(snapshot));
  const std::lock_guard lock(mutex_);
  book_ = std::move(dated.book);
  snapshot_ = std::move(signed_snapshot);
  content_type_by_asset_ = std::move(assets);
  return {};
}

Result<ImportReport> Catalog::State::import_file(const std::string& path) {
  const std::lock_guard lock(import_mutex_);
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  auto report = Importer(*connection, stock_, clock_, options_).run(path);
  // A database failure may come after batches that committed: they are published all the same.
  RETURN_IF_ERROR(publish_newest(*connection));
  if (report.has_value()) {
    report->catalog_version = current()->catalog_version;
  }
  return report;
}

Status Catalog::State::publish_newest(store::Connection& connection) {
  ASSIGN_OR_RETURN(const auto newest, newest_version(connection));
  if (newest.has_value() && newest->version != current()->catalog_version) {
    RETURN_IF_ERROR(refresh(connection, newest->version));
    listeners_.notify(snapshot());
  }
  return {};
}

Status Catalog::State::follow() {
  const std::lock_guard lock(import_mutex_);
  if (follower_ == nullptr) {
    ASSIGN_OR_RETURN(follower_, database_.connect_read_only());
  }
  ASSIGN_OR_RETURN(const auto one_view, store::Transaction::begin(*follower_));
  return publish_newest(*follower_);
}

BookPointer Catalog::State::at(std::uint64_t version) {
  const BookPointer newest = current();
  if (version == newest->catalog_version) {
    return newest;
  }
  const std::lock_guard lock(books_mutex_);
  auto known = books_.find(version);
  if (known == books_.end()) {
    auto loaded = load_price_book(*books_connection_, version);
    if (!loaded.has_value()) {
      log::error("price_book_unreadable", {{"reason", loaded.error().message()}});
      return nullptr;
    }
    // Without a successor the version is not one that was ever current.
    if (loaded->book == nullptr || !loaded->until.has_value()) {
      return nullptr;
    }
    if (books_.size() >= kBooksMax) {
      books_.erase(books_.begin());
    }
    known = books_.emplace(version, *std::move(loaded)).first;
  }
  const std::optional<UtcTime>& until = known->second.until;
  return until.has_value() && clock_.now() <= *until ? known->second.book : nullptr;
}

Result<contract::Asset> Catalog::State::asset(const std::string& sha256_hex) const {
  contract::Asset asset{.sha256_hex = sha256_hex};
  {
    const std::lock_guard lock(mutex_);
    const auto known = content_type_by_asset_.find(sha256_hex);
    if (known == content_type_by_asset_.end()) {
      return make_error(ErrorCode::kNotFound, "the published catalog has no such picture");
    }
    asset.content_type = known->second;
  }
  ASSIGN_OR_RETURN(asset.bytes,
                   files::read_file(options_.assets_directory + "/" + sha256_hex, kImageBytesMax));
  if (encoding::hex(digest::sha256(asset.bytes)) != sha256_hex) {
    return make_error(ErrorCode::kCorrupt,
                      options_.assets_directory + "/" + sha256_hex +
                          " was changed on disk; import its product file again "
                          "after removing it");
  }
  return asset;
}

Catalog::Catalog(std::unique_ptr<State> state) : state_(std::move(state)) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::open(store::Database& database, StockSink& stock,
                                               const Clock& clock, CatalogOptions options) {
  auto state = std::make_unique<State>(database, stock, clock, std::move(options));
  RETURN_IF_ERROR(state->start());
  return std::unique_ptr<Catalog>(new Catalog(std::move(state)));
}

Result<ImportReport> Catalog::import_file(const std::string& path) {
  return state_->import_file(path);
}
Status Catalog::follow() {
  return state_->follow();
}
BookPointer Catalog::current() const {
  return state_->current();
}
BookPointer Catalog::at(std::uint64_t version) {
  return state_->at(version);
}
SnapshotPointer Catalog::snapshot() const {
  return state_->snapshot();
}

std::unique_ptr<contract::Subscription> Catalog::on_snapshot(SnapshotListener changed) {
  const std::uint64_t key = state_->listeners().add(std::move(changed));
  return std::make_unique<ListenerSubscription>(state_->listeners(), key);
}

Result<contract::Asset> Catalog::asset(const std::string& sha256_hex) const {
  return state_->asset(sha256_hex);
}

}  // namespace dermaga::catalog
