#include "inventory/availability_feed.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "inventory/arithmetic.h"
#include "inventory/inventory.h"
#include "outbox/outbox.h"

namespace dermaga::inventory {
namespace {

// Between two updates. A change after a calm is told at once, those of a storm together: at worst
// this and a read pass between a commit and its update.
constexpr std::chrono::milliseconds kCoalesceFor{40};
// On a shared database: how often the outbox is asked for what other cores did, and how often
// everything is read anew, which also finds what no event tells of (an import of theirs).
constexpr std::chrono::milliseconds kFollowEvery{50};
constexpr std::chrono::seconds kReadAllEvery{10};

using Sums = std::unordered_map<VariantId, std::int64_t>;

}  // namespace

struct AvailabilityFeed::Impl {
  struct Subscriber {
    std::function<void(const contract::CapacityUpdate&)> changed;
  };

  Impl(std::unique_ptr<store::Connection> reader, bool shared)
      : connection(std::move(reader)), shared(shared) {}
  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    woken.notify_all();
    if (worker.joinable()) {
      worker.join();
    }
  }

  Result<Sums> read_all() {
    Sums sums;
    RETURN_IF_ERROR(connection->query(
        "SELECT variant_id, CAST(sum(available) AS BIGINT) FROM stock GROUP BY variant_id", {},
        [&sums](const store::Row& row) -> Status {
          ASSIGN_OR_RETURN(auto id, VariantId::parse(row.text(0)));
          sums.emplace(std::move(id), row.integer(1));
          return {};
        }));
    return sums;
  }

  Status load_all() {
    if (shared) {
      ASSIGN_OR_RETURN(followed_until, outbox::newest(*connection));
    }
    ASSIGN_OR_RETURN(const Sums sums, read_all());
    for (const auto& [variant, sum] : sums) {
      known.emplace(variant, availability_of(sum));
    }
    return {};
  }

  Result<Sums> read(const std::unordered_set<VariantId>& variants) {
    Sums sums;
    std::vector<store::Parameter> keys;
    for (const VariantId& variant : variants) {
      keys.emplace_back(std::string_view(variant.str()));
    }
    RETURN_IF_ERROR(connection->select_by_keys("stock", "variant_id, available", "variant_id", keys,
                                               false, [&sums](const store::Row& row) -> Status {
                                                 ASSIGN_OR_RETURN(auto id,
                                                                  VariantId::parse(row.text(0)));
                                                 sums[std::move(id)] += row.integer(1);
                                                 return {};
                                               }));
    return sums;
  }

  // What other cores have touched since the last time.
  Status follow() {
    ASSIGN_OR_RETURN(const std::int64_t newest, outbox::newest(*connection));
    if (newest <= followed_until) {
      return {};
    }
    std::unordered_set<VariantId> variants;
    RETURN_IF_ERROR(outbox::read(*connection, outbox::kStockChanged, followed_until + 1, newest,
                                 [&variants](std::string_view payload) -> Status {
                                   ASSIGN_OR_RETURN(auto id, stock_changed_variant(payload));
                                   variants.insert(std::move(id));
                                   return {};
                                 }));
    followed_until = newest;
    const std::lock_guard lock(mutex);
    dirty.merge(variants);
    return {};
  }

  // With delivery held: how the sums differ from what was said last.
  std::vector<contract::AvailabilityChange> changes_of(const Sums& sums) const {
    std::vector<contract::AvailabilityChange> changes;
    for (const auto& [variant, sum] : sums) {
      const auto availability = availability_of(sum);
      const auto before = known.find(variant);
      if (before == known.end() || before->second != availability) {
        changes.push_back({.variant_id = variant, .availability = availability});
      }
    }
    return changes;
  }

  // With delivery held: tells every subscriber and remembers what was told.
  void deliver(const contract::CapacityUpdate& update) {
    for (const auto& change : update.changes) {
      known.insert_or_assign(change.variant_id, change.availability);
    }
    for (const auto& [number, subscriber] : subscribers) {
      subscriber.changed(update);
    }
  }

  void run() {
    auto read_all_at = std::chrono::steady_clock::now() + kReadAllEvery;
    auto rested_at = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex);
    while (true) {
      if (shared) {
        woken.wait_for(lock, kFollowEvery, [this] { return stopping; });
      } else {
        woken.wait(lock, [this] { return stopping || !dirty.empty() || rate_changed; });
        woken.wait_until(lock, rested_at, [this] { return stopping; });
      }
      if (stopping) {
        return;
      }
      lock.unlock();
      // A database that cannot be reached is asked again the next time.
      const bool all = shared && std::chrono::steady_clock::now() >= read_all_at;
      if (!shared || follow().has_value()) {
        deliver_touched(all);
      }
      rested_at = std::chrono::steady_clock::now() + kCoalesceFor;
      if (all) {
        read_all_at = std::chrono::steady_clock::now() + kReadAllEvery;
      }
      lock.lock();
    }
  }

  void deliver_touched(bool all) {
    std::unique_lock lock(mutex);
    auto variants = std::exchange(dirty, {});
    const bool send_rate = std::exchange(rate_changed, false);
    const double rate = orders_per_second;
    lock.unlock();
    Result<Sums> sums{Sums{}};
    if (all || !variants.empty()) {
      sums = all ? read_all() : read(variants);  // perhaps slowly: without any lock
    }
    if (sums.has_value()) {
      variants.clear();
      const std::lock_guard delivering(delivery);
      auto changes = changes_of(*sums);
      if (!changes.empty() || send_rate) {
        deliver({.orders_per_second = rate, .complete = false, .changes = std::move(changes)});
      }
    }
    lock.lock();
    dirty.merge(variants);  // a failed read is tried again
    rate_changed = rate_changed || (send_rate && !sums.has_value());
  }

  std::unique_ptr<store::Connection> connection;  // of the one thread that delivers
  const bool shared;
  std::int64_t followed_until = 0;  // the outbox; of that thread too
  std::mutex delivery;              // taken before mutex
  std::unordered_map<VariantId, contract::Availability> known;
  std::unordered_map<std::uint64_t, Subscriber> subscribers;
  std::uint64_t next_subscriber = 1;

  std::mutex mutex;
  std::condition_variable woken;
  std::unordered_set<VariantId> dirty;
  double orders_per_second = 0;
  bool rate_changed = false;
  bool stopping = false;
  std::thread worker;
};

Result<std::unique_ptr<AvailabilityFeed>> AvailabilityFeed::open(store::Database& database) {
  ASSIGN_OR_RETURN(auto connection, database.connect_read_only());
  auto impl = std::make_unique<Impl>(std::move(connection), database.is_shared());
  RETURN_IF_ERROR(impl->load_all());
  return std::unique_ptr<AvailabilityFeed>(new AvailabilityFeed(std::move(impl)));
}

Result<std::unique_ptr<AvailabilityFeed>> AvailabilityFeed::start(store::Database& database) {
  ASSIGN_OR_RETURN(auto feed, open(database));
  Impl* const running = feed->impl_.get();
  running->worker = std::thread([running] { running->run(); });
  return feed;
}

AvailabilityFeed::AvailabilityFeed(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AvailabilityFeed::~AvailabilityFeed() = default;

void AvailabilityFeed::touched(std::span<const VariantId> variants) {
  if (variants.empty()) {
    return;
  }
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->dirty.insert(variants.begin(), variants.end());
  }
  impl_->woken.notify_all();
}

void AvailabilityFeed::deliver_touched() {
  impl_->deliver_touched(false);
}

void AvailabilityFeed::set_orders_per_second(double orders_per_second) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->orders_per_second == orders_per_second) {
      return;
    }
    impl_->orders_per_second = orders_per_second;
    impl_->rate_changed = true;
  }
  impl_->woken.notify_all();
}

std::unique_ptr<contract::Subscription> AvailabilityFeed::subscribe(
    std::function<void(const contract::CapacityUpdate&)> changed) {
  class Handle final : public contract::Subscription {
   public:
    Handle(Impl& impl, std::uint64_t number) : impl_(impl), number_(number) {}
    ~Handle() override {
      const std::lock_guard delivering(impl_.delivery);
      impl_.subscribers.erase(number_);
    }

   private:
    Impl& impl_;
    std::uint64_t number_;
  };
  const std::lock_guard delivering(impl_->delivery);
  contract::CapacityUpdate all;
  all.complete = true;
  {
    const std::lock_guard lock(impl_->mutex);
    all.orders_per_second = impl_->orders_per_second;
  }
  for (const auto& [variant, availability] : impl_->known) {
    all.changes.push_back({.variant_id = variant, .availability = availability});
  }
  changed(all);
  const std::uint64_t number = impl_->next_subscriber++;
  impl_->subscribers.emplace(number, Impl::Subscriber{std::move(changed)});
  return std::make_unique<Handle>(*impl_, number);
}

}  // namespace dermaga::inventory
