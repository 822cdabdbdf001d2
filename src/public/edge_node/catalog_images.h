#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catalog_view/memo.h"
#include "catalog_view/view.h"
#include "edge_node/edge_link.h"
#include "store_api/store_api.h"

namespace dermaga::edge_node {

// The catalog's images, by content address: from memory, else from disk, else over the link. Only
// images of the present catalog are served. Thread-safe; shared by callbacks of the link.
class CatalogImages : public std::enable_shared_from_this<CatalogImages> {
 public:
  static constexpr std::size_t kFetchesMax = 8;      // over the link at once
  static constexpr std::size_t kWaitersMax = 1'000;  // requests for images that are on their way
  static constexpr std::size_t kImageBytesMax = 16 * 1024 * 1024;
  static constexpr std::size_t kMemoryBytesMax = 128 * 1024 * 1024;

  CatalogImages(std::string folder, EdgeLink& link);
  // Ends the thread, which may hold the last reference to this but cannot wait for itself. Called
  // by the owner before it lets go; images that are on their way are not waited for.
  void stop();

  // The images of a new catalog; those that are not on disk are fetched. Files that no product has
  // shown for a day are removed.
  void use(const catalog_view::View& view);
  // Fetches what is still missing; called when the link is there again.
  void fetch_missing();

  // `name`: "<sha256>.<extension>".
  void handle(const http::Request& request, std::string_view name, const store_api::Reply& reply);

 private:
  struct Waiter {
    std::string accept_encoding;
    std::string if_none_match;
    bool secure = false;
    store_api::Reply reply;
  };

  bool is_on_disk(const std::string& sha256_hex) const;
  std::shared_ptr<const catalog_view::Document> load(const std::string& sha256_hex,
                                                     const std::string& content_type);
  void enqueue(const std::string& sha256_hex);
  void pump();
  void run(const std::stop_token& stop);
  void arrived(const std::string& sha256_hex, Result<contract::Asset> asset);
  void remove_unused();

  const std::string folder_;
  EdgeLink& link_;
  catalog_view::Memo memo_{kMemoryBytesMax};

  std::mutex mutex_;
  std::unordered_map<std::string, std::string> types_;  // of the catalog's images, by hash
  std::deque<std::string> queue_;
  std::unordered_map<std::string, std::vector<Waiter>> wanted_;  // queued or on their way
  std::size_t fetching_ = 0;
  std::deque<std::pair<std::string, Result<contract::Asset>>> arrivals_;  // at most kFetchesMax
  std::size_t waiters_ = 0;
  std::condition_variable_any arrival_;
  std::jthread worker_;  // last: uses all of the above
};

}  // namespace dermaga::edge_node
