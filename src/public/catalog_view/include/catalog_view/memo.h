#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "catalog_view/document.h"

namespace dermaga::catalog_view {

// Answers of one view by key, the oldest dropped when they hold more than bytes_max. Thread-safe.
class Memo {
 public:
  explicit Memo(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  std::shared_ptr<const Document> find(const std::string& key) const;
  // Keeps the first one under a key; returns the one that is kept (or `document`, when too large).
  std::shared_ptr<const Document> keep(const std::string& key,
                                       std::shared_ptr<const Document> document);

 private:
  struct Entry {
    std::shared_ptr<const Document> document;
    std::size_t bytes = 0;
  };
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::string> order_;
  std::size_t bytes_ = 0;
};

}  // namespace dermaga::catalog_view
