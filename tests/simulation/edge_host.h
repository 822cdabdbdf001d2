#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "core_host.h"
#include "network.h"
#include "shop.h"
#include "spool_door.h"
#include "store_api/store_api.h"

namespace dermaga::simulation {

// One edge process: the real store API over a link to core made of messages. Keeps nothing when it
// is stopped. Its link coalesces orders for 2 ms, gives up after 10 s, and has a session with core
// that carries the sold-out list; without one it counts as disconnected.
class EdgeHost final : public store_api::OrderLink {
 public:
  struct Answer {
    int status = 0;
    bool is_replay = false;
    std::string body;
  };

  using Spools = std::vector<std::unique_ptr<SpoolHost>>;
  EdgeHost(Context& context, const Shop& shop, Network& network, CoreHost& core,
           const Spools& spools, HostId id);
  ~EdgeHost() override;

  void start();
  void stop();
  bool is_alive() const { return api_ != nullptr; }
  HostId id() const { return id_; }

  // Answers once, or never when the edge is stopped meanwhile.
  void request(http::Method method, const std::string& path,
               const std::vector<std::pair<std::string, std::string>>& headers,
               const std::string& body, std::function<void(Answer)> answer);

  bool connected() const override;
  void place(contract::PlaceOrder order,
             std::function<void(Result<contract::PlaceOutcome>)> done) override;
  void order_view(OrderId id, std::string access_token,
                  std::function<void(Result<contract::OrderView>)> done) override;
  void sealed_call(std::string box, UtcTime received_at,
                   std::function<void(Result<contract::SealedAnswer>)> done) override;

  bool shows_as_sold_out(const VariantId& variant) const;

 private:
  using PlaceDone = std::function<void(Result<contract::PlaceOutcome>)>;
  using ViewDone = std::function<void(Result<contract::OrderView>)>;

  // Runs `act` unless this process is gone by then.
  std::function<void()> while_alive(std::function<void()> act);
  void open_spools();
  void flush();
  void batch_answered(const std::string& bytes);
  void give_up(std::uint64_t batch_id);
  void keep_session();
  void ask_heartbeat();
  void open_session();
  void on_capacity(std::uint64_t session, std::uint64_t number,
                   const contract::CapacityUpdate& update);

  Context& context_;
  const Shop& shop_;
  Network& network_;
  CoreHost& core_;
  const Spools& spools_;
  HostId id_;
  std::uint64_t started_ = 0;
  catalog_view::Holder views_;
  std::unique_ptr<spool_group::SpoolGroup> spool_group_;  // none where the shop has no spool
  std::unique_ptr<store_api::StoreApi> api_;

  std::vector<contract::PlaceOrder> waiting_orders_;
  std::vector<PlaceDone> waiting_;
  std::uint64_t last_batch_ = 0;
  std::map<std::uint64_t, std::vector<PlaceDone>> batches_;
  std::uint64_t last_view_ = 0;
  std::map<std::uint64_t, ViewDone> views_asked_;

  std::uint64_t session_ = 0;
  std::uint64_t updates_seen_ = 0;  // of this session
  Milliseconds heard_at_{0};
  bool has_session_ = false;
};

}  // namespace dermaga::simulation
