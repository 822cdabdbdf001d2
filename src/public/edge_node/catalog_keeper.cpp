#include "catalog_keeper.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "files/files.h"
#include "key_file.h"
#include "log/log.h"
#include "wire/snapshot.h"

namespace dermaga::edge_node {
namespace {

constexpr std::uint64_t kSnapshotBytesMax = 512ull * 1024 * 1024;
constexpr const char* kKeyFile = "keys.json";
constexpr const char* kSnapshotFile = "catalog.snapshot";
constexpr const char* kSearchFolder = "search";

Result<contract::SignedSnapshot> read_snapshot_file(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, files::read_file(path, kSnapshotBytesMax));
  return wire::snapshot_from_file(bytes);
}

void log_failure(std::string_view event, const Error& error) {
  log::warning(event, {{"code", error_code_name(error.code())}, {"message", error.message()}});
}

bool same_keys(const contract::EdgeKeys& left, const contract::EdgeKeys& right) {
  return left.derivation_key == right.derivation_key &&
         left.sealing_keys_json == right.sealing_keys_json &&
         left.catalog_public_key == right.catalog_public_key &&
         left.shopper_token_key == right.shopper_token_key;
}

}  // namespace

CatalogKeeper::CatalogKeeper(Options options, catalog_view::Holder& views)
    : options_(std::move(options)),
      views_(views),
      version_gauge_(options_.registry->gauge("dermaga_edge_catalog_version",
                                              "Version of the catalog that is served; 0: none.")),
      refused_(options_.registry->counter("dermaga_edge_snapshots_refused_total",
                                          "Snapshots with a bad signature or contents.")) {}

CatalogKeeper::~CatalogKeeper() {
  worker_.request_stop();
  changed_.notify_all();
}

void CatalogKeeper::load() {
  // Indexes of a process that was killed; they are built anew.
  std::error_code ignored;
  std::filesystem::remove_all(path(kSearchFolder), ignored);
  if (const auto made = files::make_directories(path(kSearchFolder), 0700); !made) {
    log_failure("search_folder_failed", made.error());
  }
  if (auto keys = read_key_file(path(kKeyFile))) {
    if (const Status used = options_.use_keys(*keys)) {
      keys_ = std::move(*keys);
    } else {
      log_failure("keys_refused", used.error());
    }
  } else if (keys.error().code() != ErrorCode::kNotFound) {
    log_failure("key_file_unreadable", keys.error());
  }
  if (keys_) {
    if (const auto snapshot = read_snapshot_file(path(kSnapshotFile))) {
      if (const Status applied = apply_snapshot(*snapshot, keys_->catalog_public_key)) {
        loaded_version_ = views_.get()->version();
      } else {
        log_failure("snapshot_file_refused", applied.error());
      }
    } else if (snapshot.error().code() != ErrorCode::kNotFound) {
      log_failure("snapshot_file_unreadable", snapshot.error());
    }
  }
  worker_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void CatalogKeeper::on_keys(const contract::EdgeKeys& keys) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.keys = keys;
  }
  changed_.notify_one();
}

void CatalogKeeper::on_snapshot(contract::SignedSnapshot snapshot) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.snapshot = std::move(snapshot);
  }
  changed_.notify_one();
}

void CatalogKeeper::on_capacity(const contract::CapacityUpdate& update) {
  {
    const std::lock_guard lock(mutex_);
    if (update.complete) {
      waiting_.availability.clear();
      waiting_.is_complete = true;
    }
    for (const contract::AvailabilityChange& change : update.changes) {
      waiting_.availability.insert_or_assign(change.variant_id, change.availability);
    }
  }
  changed_.notify_one();
}

void CatalogKeeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
        return;
      }
      work = std::exchange(waiting_, {});
    }
    apply(std::move(work));
  }
}

void CatalogKeeper::apply(Work work) {
  if (work.keys) {
    apply_keys(*work.keys);
  }
  if (work.is_complete) {
    availability_.clear();
  }
  for (const auto& [id, availability] : work.availability) {
    if (availability == contract::Availability::kInStock) {
      availability_.erase(id);
    } else {
      availability_.insert_or_assign(id, availability);
    }
  }
  if (work.snapshot) {
    early_ = std::move(work.snapshot);
  }
  if (early_ && keys_) {
    const contract::SignedSnapshot snapshot = std::move(*early_);
    early_.reset();
    if (take_snapshot(snapshot, keys_->catalog_public_key)) {
      return;  // the new view has all availability that is known
    }
  }
  const auto view = views_.get();
  if (view == nullptr || (work.availability.empty() && !work.is_complete)) {
    return;
  }
  contract::CapacityUpdate update;
  update.complete = work.is_complete;
  for (const auto& [id, availability] : work.availability) {
    update.changes.push_back({id, availability});
  }
  if (auto changed = view->with_availability(update)) {
    views_.set(std::move(changed));
  }
}

bool CatalogKeeper::take_snapshot(const contract::SignedSnapshot& snapshot,
                                  const std::string& public_key) {
  if (const Status applied = apply_snapshot(snapshot, public_key); !applied) {
    refused_.increment();
    log_failure("snapshot_refused", applied.error());
    return false;
  }
  if (const Status kept =
          files::write_file_atomically(path(kSnapshotFile), wire::snapshot_to_file(snapshot), 0600);
      !kept) {
    log_failure("snapshot_not_kept", kept.error());
  }
  return true;
}

void CatalogKeeper::apply_keys(const contract::EdgeKeys& keys) {
  if (keys_ && same_keys(*keys_, keys)) {
    return;
  }
  if (const Status used = options_.use_keys(keys); !used) {
    return log_failure("keys_refused", used.error());
  }
  keys_ = keys;
  if (const Status kept = write_key_file(path(kKeyFile), keys); !kept) {
    log_failure("keys_not_kept", kept.error());
  }
}

Status CatalogKeeper::apply_snapshot(const contract::SignedSnapshot& snapshot,
                                     const std::string& public_key) {
  ASSIGN_OR_RETURN(auto opened, wire::open_snapshot(snapshot, public_key));
  ASSIGN_OR_RETURN(auto view, catalog_view::View::build(std::move(opened),
                                                        {.search_folder = path(kSearchFolder)}));
  contract::CapacityUpdate known{.complete = true};
  for (const auto& [id, availability] : availability_) {
    known.changes.push_back({id, availability});
  }
  if (auto changed = view->with_availability(known)) {
    view = std::move(changed);
  }
  options_.use_catalog(*view);
  views_.set(view);
  version_gauge_.set(static_cast<double>(view->version()));
  log::info("catalog_loaded", {{"version", static_cast<std::int64_t>(view->version())},
                               {"products", view->snapshot().assortment.products.size()}});
  return {};
}

}  // namespace dermaga::edge_node
