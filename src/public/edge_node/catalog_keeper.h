#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>

#include "catalog_view/view.h"
#include "contract/catalog.h"
#include "metrics/metrics.h"
#include "result/result.h"

namespace dermaga::edge_node {

// Turns keys, snapshots and availability into the view in a Holder, on one thread of its own, so
// that neither requests nor the link wait for it. What waits is bounded: of keys and snapshots only
// the newest, of availability one entry per variant.
class CatalogKeeper {
 public:
  struct Options {
    std::string folder;
    metrics::Registry* registry = nullptr;
    // Called on the worker (or in load()) before a change is visible; must not call back.
    std::function<Status(const contract::EdgeKeys&)> use_keys;
    std::function<void(const catalog_view::View&)> use_catalog;  // a new snapshot only
  };
  CatalogKeeper(Options options, catalog_view::Holder& views);
  ~CatalogKeeper();

  // What lies on disk, at start; then the worker begins.
  void load();
  std::uint64_t loaded_version() const { return loaded_version_; }

  void on_keys(const contract::EdgeKeys& keys);
  void on_snapshot(contract::SignedSnapshot snapshot);
  void on_capacity(const contract::CapacityUpdate& update);

 private:
  struct Work {
    std::optional<contract::EdgeKeys> keys;
    std::optional<contract::SignedSnapshot> snapshot;
    std::unordered_map<VariantId, contract::Availability> availability;
    bool is_complete = false;  // forget what was known before
    bool empty() const { return !keys && !snapshot && availability.empty() && !is_complete; }
  };

  void run(const std::stop_token& stop);
  void apply(Work work);
  void apply_keys(const contract::EdgeKeys& keys);
  bool take_snapshot(const contract::SignedSnapshot& snapshot, const std::string& public_key);
  Status apply_snapshot(const contract::SignedSnapshot& snapshot, const std::string& public_key);
  std::string path(const char* name) const { return options_.folder + "/" + name; }

  const Options options_;
  catalog_view::Holder& views_;
  std::uint64_t loaded_version_ = 0;
  metrics::Gauge& version_gauge_;
  metrics::Counter& refused_;

  // The worker's own.
  std::optional<contract::EdgeKeys> keys_;
  std::optional<contract::SignedSnapshot> early_;  // came before the keys that verify it
  std::unordered_map<VariantId, contract::Availability> availability_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  Work waiting_;
  std::jthread worker_;
};

}  // namespace dermaga::edge_node
