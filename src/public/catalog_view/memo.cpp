#include "catalog_view/memo.h"

namespace dermaga::catalog_view {
namespace {

// Room for the codings that a document grows later.
constexpr std::size_t kGrowthFactor = 2;

}  // namespace

std::shared_ptr<const Document> Memo::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second.document;
}

std::shared_ptr<const Document> Memo::keep(const std::string& key,
                                           std::shared_ptr<const Document> document) {
  const std::size_t bytes =
      document->bytes() + kGrowthFactor * document->body().size() + key.size();
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(key); found != entries_.end()) {
    return found->second.document;
  }
  if (bytes > bytes_max_ / 2) {
    return document;
  }
  while (bytes_ + bytes > bytes_max_) {
    const auto oldest = entries_.find(order_.front());
    bytes_ -= oldest->second.bytes;
    entries_.erase(oldest);
    order_.pop_front();
  }
  bytes_ += bytes;
  order_.push_back(key);
  entries_.emplace(key, Entry{document, bytes});
  return document;
}

}  // namespace dermaga::catalog_view
