#pragma once

#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "context.h"
#include "network.h"
#include "spool_group/spool_group.h"
#include "spool_host.h"

namespace dermaga::simulation {

// One spool as one edge process reaches it: calls that give up after 10 s, and a spool that counts
// as away for a while after one did. Goes with the process: then nobody is answered any more.
class SpoolDoor final : public spool_group::Spool {
 public:
  SpoolDoor(Context& context, Network& network, SpoolHost& spool, HostId edge)
      : context_(context), network_(network), spool_(spool), edge_(edge) {}
  SpoolDoor(const SpoolDoor&) = delete;
  SpoolDoor& operator=(const SpoolDoor&) = delete;
  ~SpoolDoor() override { *open_ = false; }

  bool connected() const override;
  void append(std::vector<contract::SpoolOrder> batch,
              std::function<void(Result<std::vector<contract::SpoolOutcome>>)> done) override;
  void order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) override;
  // The edge's process ends, and with it whoever waits.
  void close() override { *open_ = false; }

 private:
  // `done`, made to run once at most and not after this door is gone; with kTimeout after a while.
  template <typename T>
  std::function<void(Result<T>)> once(std::function<void(Result<T>)> done);

  Context& context_;
  Network& network_;
  SpoolHost& spool_;
  HostId edge_;
  Milliseconds away_until_{0};
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
};

}  // namespace dermaga::simulation
