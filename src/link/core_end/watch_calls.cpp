#include "watch_calls.h"

#include <unordered_map>
#include <utility>

#include "log/log.h"
#include "wire/messages.h"
#include "wire/snapshot.h"

namespace dermaga::core_end {

namespace {

class CatalogWatchCall final : public serving::Call {
 public:
  CatalogWatchCall(std::shared_ptr<contract::CoreService> core, SnapshotCache& cache)
      : core_(std::move(core)), cache_(cache) {}

  std::weak_ptr<CatalogWatchCall> self;

 private:
  Message take_next() override {
    if (heartbeat_ != nullptr) {
      return std::exchange(heartbeat_, nullptr);
    }
    const auto newest = std::exchange(newest_, nullptr);
    return newest == nullptr ? nullptr : newest->message;
  }

  void on_begin() override {
    const std::lock_guard lock(mutex_);
    read_next();
  }

  void on_message(std::string bytes) override {
    const auto request = wire::decode<wire::CatalogWatch>(bytes);
    if (!request.has_value() || subscription_ != nullptr) {
      const std::lock_guard lock(mutex_);
      finish(request.has_value()
                 ? make_error(ErrorCode::kInvalidArgument, "one message is expected")
                 : std::unexpected(request.error()));
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      open();
    }
    // Weak, so that the subscription inside this call does not own the call.
    subscription_ = core_->on_snapshot([weak = self](auto snapshot) {
      if (const auto call = weak.lock()) {
        call->offer(call->cache_.encode(snapshot));
      }
    });
    const auto snapshot = core_->snapshot();
    const auto current = snapshot == nullptr ? nullptr : cache_.encode(snapshot);
    const std::uint64_t version = current == nullptr ? 0 : current->version;
    if (current == nullptr || version == request->since_version) {
      const std::lock_guard lock(mutex_);
      version_ = std::max(version_, version);
      heartbeat_ = std::make_shared<const std::string>(
          wire::encode(wire::CatalogUpdate{.version = version, .snapshot = {}}));
      pump();
    } else {
      offer(current);
    }
    const std::lock_guard lock(mutex_);
    read_next();  // notices the half-close
  }

  void on_half_close() override {
    if (subscription_ == nullptr) {
      const std::lock_guard lock(mutex_);
      finish(make_error(ErrorCode::kInvalidArgument, "one message is expected"));
    }
  }

  // Outside mutex_: waits for a running callback, which takes it.
  void on_done() override { subscription_.reset(); }

  void offer(std::shared_ptr<const SnapshotCache::Encoded> encoded) {
    const std::lock_guard lock(mutex_);
    if (encoded == nullptr || encoded->version <= version_) {
      return;
    }
    version_ = encoded->version;
    newest_ = std::move(encoded);
    pump();
  }

  const std::shared_ptr<contract::CoreService> core_;
  SnapshotCache& cache_;
  std::unique_ptr<contract::Subscription> subscription_;
  std::uint64_t version_ = 0;  // the newest sent or waiting
  Message heartbeat_;
  std::shared_ptr<const SnapshotCache::Encoded> newest_;
};

class CapacityWatchCall final : public serving::Call {
 public:
  explicit CapacityWatchCall(std::shared_ptr<contract::CoreService> core)
      : core_(std::move(core)) {}

  std::weak_ptr<CapacityWatchCall> self;

 private:
  Message take_next() override {
    if (!waiting_) {
      return nullptr;
    }
    waiting_ = false;
    contract::CapacityUpdate update{
        .orders_per_second = orders_per_second_, .complete = complete_, .changes = {}};
    update.changes.reserve(changes_.size());
    for (const auto& [variant, availability] : changes_) {
      update.changes.push_back({variant, availability});
    }
    changes_.clear();
    complete_ = false;
    return std::make_shared<const std::string>(wire::encode(update));
  }

  void on_begin() override {
    const std::lock_guard lock(mutex_);
    read_next();
  }

  void on_message(std::string bytes) override {
    const auto request = wire::decode<wire::Empty>(bytes);
    if (!request.has_value() || subscription_ != nullptr) {
      const std::lock_guard lock(mutex_);
      finish(make_error(ErrorCode::kInvalidArgument, "one empty message is expected"));
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      open();
    }
    subscription_ = core_->on_capacity([weak = self](const contract::CapacityUpdate& update) {
      if (const auto call = weak.lock()) {
        call->offer(update);
      }
    });
    const std::lock_guard lock(mutex_);
    read_next();
  }

  void on_half_close() override {
    if (subscription_ == nullptr) {
      const std::lock_guard lock(mutex_);
      finish(make_error(ErrorCode::kInvalidArgument, "one empty message is expected"));
    }
  }

  void on_done() override { subscription_.reset(); }

  void offer(const contract::CapacityUpdate& update) {
    const std::lock_guard lock(mutex_);
    orders_per_second_ = update.orders_per_second;
    if (update.complete) {
      complete_ = true;
      changes_.clear();
    }
    for (const auto& change : update.changes) {
      changes_[change.variant_id] = change.availability;
    }
    waiting_ = true;
    pump();
  }

  const std::shared_ptr<contract::CoreService> core_;
  std::unique_ptr<contract::Subscription> subscription_;
  bool waiting_ = false;
  bool complete_ = false;
  double orders_per_second_ = 0;
  std::unordered_map<VariantId, contract::Availability> changes_;  // one entry per variant at most
};

}  // namespace

std::shared_ptr<const SnapshotCache::Encoded> SnapshotCache::encode(
    const std::shared_ptr<const contract::SignedSnapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  if (snapshot_ == snapshot) {
    return encoded_;
  }
  const auto version = wire::peek_version(*snapshot);
  if (!version.has_value()) {
    log::error("link_snapshot_unreadable", {{"error", version.error().message()}});
    return nullptr;
  }
  auto encoded = std::make_shared<Encoded>();
  encoded->version = *version;
  encoded->message = std::make_shared<const std::string>(
      wire::encode(wire::CatalogUpdate{.version = *version, .snapshot = *snapshot}));
  snapshot_ = snapshot;
  encoded_ = encoded;
  return encoded;
}

std::shared_ptr<serving::Call> make_catalog_watch(std::shared_ptr<contract::CoreService> core,
                                                  SnapshotCache& cache) {
  auto call = std::make_shared<CatalogWatchCall>(std::move(core), cache);
  call->self = call;
  return call;
}

std::shared_ptr<serving::Call> make_capacity_watch(std::shared_ptr<contract::CoreService> core) {
  auto call = std::make_shared<CapacityWatchCall>(std::move(core));
  call->self = call;
  return call;
}

}  // namespace dermaga::core_end
