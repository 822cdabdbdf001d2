#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

#include "bodies.h"
#include "core_watch.h"
#include "derivation/derivation.h"
#include "store_api/store_api.h"

namespace dermaga::store_api {

// What core's keys become; swapped whole.
struct Keys {
  Keys(derivation::Derivation derivation_in, const std::string& sealing_keys_json,
       std::string shopper_token_key_in)
      : derivation(std::move(derivation_in)),
        shopper_token_key(std::move(shopper_token_key_in)),
        sealing_keys(
            {.content_type = "application/jwk-set+json", .cache_control = "public, max-age=60"},
            sealing_keys_json) {}

  derivation::Derivation derivation;
  std::string shopper_token_key;  // empty: none yet
  catalog_view::Document sealing_keys;
};

// One request while it is answered. `rest` is the path below the route.
struct Call {
  const http::Request& request;
  std::string_view rest;
  Reply reply;
};

// Orders that this edge has handed to the link and that are not answered yet.
class InFlight {
 public:
  enum class Entry { kEntered, kAlreadyIn, kFull };
  Entry enter(const OrderId& id, std::size_t count_max);
  void leave(const OrderId& id);
  std::size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_set<OrderId> ids_;
};

// Counters by route and status, found once: a look-up by labels would cost more than an answer.
class AnswerCounters {
 public:
  static constexpr std::size_t kRoutes = 12;
  static constexpr int kStatusMax = 599;

  explicit AnswerCounters(metrics::Registry& registry) : registry_(registry) {}
  metrics::Counter& of(std::size_t route, std::string_view name, int status);

 private:
  metrics::Registry& registry_;
  std::array<std::array<std::atomic<metrics::Counter*>, kStatusMax + 1>, kRoutes + 1> slots_{};
};

struct StoreApi::Impl : std::enable_shared_from_this<StoreApi::Impl> {
  Impl(const catalog_view::Holder& views_in, OrderLink& link_in, const Clock& clock_in,
       const StoreApiOptions& options_in)
      : views(views_in), link(link_in), clock(clock_in), options(options_in), core_watch(clock_in) {
    if (options.registry != nullptr) {
      counters = std::make_unique<AnswerCounters>(*options.registry);
    }
  }

  const catalog_view::Holder& views;
  OrderLink& link;
  const Clock& clock;
  const StoreApiOptions options;
  std::atomic<std::shared_ptr<const Keys>> keys;
  InFlight in_flight;
  std::atomic<double> core_orders_per_second{0};
  CoreWatch core_watch;
  std::atomic<std::size_t> lookups{0};
  std::unique_ptr<AnswerCounters> counters;  // null: nobody counts

  Reply counted(Reply reply, std::size_t route, std::string_view name);

  // reads.cpp
  void product_list(Call& call);
  void product(Call& call);
  void categories(Call& call);
  void search(Call& call);
  void sealing_keys(Call& call);
  void openapi(Call& call);
  void health(Call& call);
  // shopper.cpp
  void shopper(Call& call);
  // quotes.cpp
  void quote(Call& call);
  // placing.cpp
  void place_order(Call& call);
  // orders.cpp
  void order_status(Call& call);
  void sealed_call(Call& call);

 private:
  // Asks core, and the spools where core does not know the order or is away. kNotFound only where
  // nobody has it.
  void find_order(const OrderId& id, const std::string& access_token,
                  std::function<void(const Result<contract::OrderView>&)> done);
  // Too many orders are on their way to core: 503, with the time that these take.
  http::Response overloaded() const;
  // Core did not answer an order.
  http::Response unanswered(const Error& error) const;
  struct Pending;  // an order on its way
  // To core, or to the spools where core is away.
  void submit(const std::shared_ptr<Pending>& pending);
  void look_before_refusing(const std::shared_ptr<Pending>& pending);
  void defer(const std::shared_ptr<Pending>& pending);
  void answer_sold_out(const std::shared_ptr<Pending>& pending,
                       std::vector<contract::ShortLine> lines);
};

// Shared by the handlers.
// "Authorization: Bearer …"; empty when there is none.
std::string_view bearer_token(const http::Request& request);
http::Response json_response(int status, std::string body);
http::Response problem_of(const Error& error);
http::Response problem_of(const BodyRefusal& refusal);
http::Response catalog_not_loaded();
http::Response keys_not_loaded();
http::Response core_unavailable(const Error& error);
http::Response refused(const contract::Refused& refusal);
// True when the Content-Type is `wanted`, with no parameter but charset=utf-8.
bool has_content_type(const http::Request& request, std::string_view wanted);
http::Response wrong_content_type(std::string_view wanted);
// ?locale= when given (kInvalidArgument when the shop has no such), else Accept-Language.
Result<std::string> locale_of(const catalog_view::View& view, const http::Request& request);

}  // namespace dermaga::store_api
