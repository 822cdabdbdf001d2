#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <variant>

#include "catalog_view/view.h"
#include "clock/clock.h"
#include "contract/catalog.h"
#include "http/message.h"
#include "metrics/metrics.h"
#include "result/result.h"
#include "store_api/order_link.h"

namespace dermaga::store_api {

using Answer = std::variant<http::Response, std::shared_ptr<const http::PreparedResponse>>;
// Called exactly once per request, from the caller's thread or one of the link's.
using Reply = std::function<void(Answer)>;

inline constexpr std::string_view kBasePath = "/store/v1";

struct StoreApiOptions {
  std::size_t orders_in_flight_max = 20'000;  // more: 503 overloaded
  std::size_t lookups_in_flight_max = 64;     // before a sold-out refusal; see README
  OrderSpool* spool = nullptr;  // null: with core away orders are answered 503; outlives the API
  metrics::Registry* registry = nullptr;
};

// Answers every request under /store/v1. Thread-safe; never blocks. `views`, `link` and `clock`
// outlive it and every pending Reply.
class StoreApi {
 public:
  StoreApi(const catalog_view::Holder& views, OrderLink& link, const Clock& clock,
           const StoreApiOptions& options);
  ~StoreApi();

  // Keys as core handed them out; until the first, quotes and orders are answered 503. kCorrupt
  // when they cannot be used (the old ones stay).
  Status set_keys(const contract::EdgeKeys& keys);

  // Orders per second that core says it takes, for Retry-After; 0: not known.
  void set_core_capacity(double orders_per_second);

  // True for paths that handle() answers.
  static bool owns(std::string_view path);
  void handle(const http::Request& request, Reply reply);

  struct Impl;  // the module's own

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace dermaga::store_api
