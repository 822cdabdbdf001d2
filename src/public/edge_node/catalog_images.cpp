#include "catalog_images.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "files/files.h"
#include "log/log.h"

namespace dermaga::edge_node {
namespace {

constexpr std::chrono::hours kUnusedLifetime{24};

bool has_hash(std::string_view bytes, const std::string& sha256_hex) {
  return encoding::hex(digest::sha256(bytes)) == sha256_hex;
}

std::shared_ptr<const catalog_view::Document> make_document(std::string bytes,
                                                            const std::string& content_type) {
  const bool is_svg = content_type == "image/svg+xml";
  catalog_view::DocumentOptions options{
      .content_type = content_type,
      .cache_control = std::string(catalog_view::kCacheImmutable),
      .headers = {{"Cross-Origin-Resource-Policy", "same-origin"}},
      .vary = is_svg ? "Accept-Encoding" : "",
      .compressible = is_svg};
  if (is_svg) {
    // Opened by itself an SVG is a document that could run scripts; this one may not.
    options.headers.emplace_back("Content-Security-Policy",
                                 "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  }
  return std::make_shared<const catalog_view::Document>(std::move(options), std::move(bytes));
}

http::Response not_found() {
  return http::problem(404, "not_found", "No such image", "");
}

http::Response not_here_yet() {
  return http::problem(503, "unavailable", "The image is not here yet",
                       "It is fetched when the private zone can be reached.", 5);
}

}  // namespace

CatalogImages::CatalogImages(std::string folder, EdgeLink& link)
    : folder_(std::move(folder)),
      link_(link),
      worker_([this](const std::stop_token& stop) { run(stop); }) {}

void CatalogImages::stop() {
  worker_.request_stop();
  if (worker_.joinable()) {
    worker_.join();
  }
}

void CatalogImages::use(const catalog_view::View& view) {
  std::unordered_map<std::string, std::string> types;
  for (const product::Product& product : view.snapshot().assortment.products) {
    for (const product::Image& image : product.images) {
      if (!image.sha256_hex.empty() && !catalog_view::image_extension(image.content_type).empty()) {
        types.emplace(image.sha256_hex, image.content_type);
      }
    }
  }
  {
    const std::lock_guard lock(mutex_);
    types_ = std::move(types);
  }
  remove_unused();
  fetch_missing();
}

void CatalogImages::fetch_missing() {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [sha256_hex, type] : types_) {
      if (!is_on_disk(sha256_hex)) {
        enqueue(sha256_hex);
      }
    }
  }
  pump();
}

bool CatalogImages::is_on_disk(const std::string& sha256_hex) const {
  std::error_code ignored;
  return std::filesystem::is_regular_file(folder_ + "/" + sha256_hex, ignored);
}

// With the lock held.
void CatalogImages::enqueue(const std::string& sha256_hex) {
  if (wanted_.try_emplace(sha256_hex).second) {
    queue_.push_back(sha256_hex);
  }
}

void CatalogImages::pump() {
  while (true) {
    std::string next;
    {
      const std::lock_guard lock(mutex_);
      if (queue_.empty() || fetching_ >= kFetchesMax) {
        return;
      }
      next = std::move(queue_.front());
      queue_.pop_front();
      ++fetching_;
    }
    link_.fetch_asset(next, [self = shared_from_this(), next](Result<contract::Asset> asset) {
      {
        const std::lock_guard lock(self->mutex_);
        self->arrivals_.emplace_back(next, std::move(asset));
      }
      self->arrival_.notify_one();
    });
  }
}

// Hashing and syncing files would hold up the link's own threads.
void CatalogImages::run(const std::stop_token& stop) {
  while (true) {
    std::pair<std::string, Result<contract::Asset>> next{"", contract::Asset{}};
    {
      std::unique_lock lock(mutex_);
      if (!arrival_.wait(lock, stop, [this] { return !arrivals_.empty(); })) {
        return;
      }
      next = std::move(arrivals_.front());
      arrivals_.pop_front();
    }
    arrived(next.first, std::move(next.second));
    pump();
  }
}

void CatalogImages::arrived(const std::string& sha256_hex, Result<contract::Asset> asset) {
  const bool is_good =
      asset && asset->bytes.size() <= kImageBytesMax && has_hash(asset->bytes, sha256_hex);
  if (is_good) {
    if (const Status kept =
            files::write_file_atomically(folder_ + "/" + sha256_hex, asset->bytes, 0644);
        !kept) {
      log::warning("image_not_kept", {{"message", kept.error().message()}});
    }
  } else {
    log::warning("image_not_fetched", {{"sha256", sha256_hex},
                                       {"message", asset ? "its bytes do not have this hash"
                                                         : asset.error().message()}});
  }
  std::vector<Waiter> waiters;
  std::string type;
  {
    const std::lock_guard lock(mutex_);
    --fetching_;
    if (auto node = wanted_.extract(sha256_hex)) {
      waiters = std::move(node.mapped());
    }
    waiters_ -= waiters.size();
    if (const auto found = types_.find(sha256_hex); found != types_.end()) {
      type = found->second;
    }
  }
  if (waiters.empty()) {
    return;
  }
  // The type is the one in the signed catalog, not the one that came with the bytes.
  const auto document = is_good && !type.empty()
                            ? memo_.keep(sha256_hex, make_document(std::move(asset->bytes), type))
                            : nullptr;
  for (const Waiter& waiter : waiters) {
    if (document != nullptr) {
      waiter.reply(document->answer(waiter.accept_encoding, waiter.if_none_match, waiter.secure));
    } else {
      waiter.reply(not_here_yet());
    }
  }
}

std::shared_ptr<const catalog_view::Document> CatalogImages::load(const std::string& sha256_hex,
                                                                  const std::string& content_type) {
  const std::string path = folder_ + "/" + sha256_hex;
  auto bytes = files::read_file(path, kImageBytesMax);
  if (!bytes) {
    return nullptr;
  }
  if (!has_hash(*bytes, sha256_hex)) {
    log::warning("image_corrupt", {{"path", path}});
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return nullptr;
  }
  return memo_.keep(sha256_hex, make_document(std::move(*bytes), content_type));
}

void CatalogImages::handle(const http::Request& request, std::string_view name,
                           const store_api::Reply& reply) {
  const std::string sha256_hex(name.substr(0, name.find('.')));
  std::string type;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = types_.find(sha256_hex); found != types_.end()) {
      type = found->second;
    }
  }
  if (type.empty() || name != sha256_hex + "." + std::string(catalog_view::image_extension(type))) {
    return reply(not_found());
  }
  auto document = memo_.find(sha256_hex);
  if (document == nullptr) {
    document = load(sha256_hex, type);
  }
  if (document != nullptr) {
    return reply(document->answer(request));
  }
  {
    const std::lock_guard lock(mutex_);
    if (!link_.connected() || waiters_ >= kWaitersMax) {
      return reply(not_here_yet());
    }
    enqueue(sha256_hex);
    wanted_[sha256_hex].push_back({std::string(request.header("Accept-Encoding")),
                                   std::string(request.header("If-None-Match")), request.secure,
                                   reply});
    ++waiters_;
  }
  pump();
}

void CatalogImages::remove_unused() {
  std::error_code error;
  const auto now = std::filesystem::file_time_type::clock::now();
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    {
      const std::lock_guard lock(mutex_);
      if (types_.contains(name)) {
        continue;
      }
    }
    std::error_code ignored;
    if (now - entry.last_write_time(ignored) > kUnusedLifetime) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

}  // namespace dermaga::edge_node
