#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "boxes.h"
#include "checker.h"
#include "context.h"
#include "contract/catalog.h"
#include "disk.h"
#include "inventory/availability_feed.h"
#include "network.h"
#include "orders/order_steps.h"
#include "provider.h"
#include "shop.h"
#include "store/store.h"

namespace dermaga::simulation {

// The machine that core runs on: the real order steps over the real SQLite driver over a simulated
// disk. Stops in the middle of any disk operation, and is started again a little later.
class CoreHost {
 public:
  // The updates of one subscription are numbered from 1.
  using CapacityCallback =
      std::function<void(std::uint64_t number, const contract::CapacityUpdate& update)>;

  CoreHost(Context& context, const Shop& shop, Provider& provider, Checker& checker);
  ~CoreHost();

  // Counts the first units in; before any fault.
  void stock_up();
  void start();
  std::uint64_t process_number() const { return started_; }
  bool is_alive() const { return process_ != nullptr && !disk_.stopped(); }
  // Now, or in the middle of one of its next disk operations.
  void stop_soon();
  // Now, with the power: what was not synced may be gone. Starts again at once.
  void fail_power_and_restart();
  void heal();

  // What comes over the link; nothing is answered when the process is stopped.
  void place(std::string bytes, std::function<void(std::string)> answer);
  void deliver(const std::string& bytes, const std::function<void(std::string)>& answer);
  void exchange_lease(const std::string& bytes, const std::function<void(std::string)>& answer);
  // An operator ends the open lease of that spool, which is stopped.
  void abandon_lease(const std::string& spool_id);
  void order_view(const OrderId& id, const std::string& token,
                  std::function<void(Result<contract::OrderView>)> answer);
  // One subscription per edge, of the newest of its sessions.
  void watch_capacity(HostId edge, std::uint64_t session, CapacityCallback changed);
  // Nothing when that session has ended.
  std::optional<std::uint64_t> updates_sent(HostId edge, std::uint64_t session) const;

  // Staff: some act on some order or shelf.
  void act_as_staff();

  Disk& disk() { return disk_; }
  // When alive: for checks only, past all faults.
  void read(const std::function<void(store::Connection&)>& look);

 private:
  struct Process;

  // Does something in the process, then looks at what became of it.
  void step(std::string_view what, const std::function<void(Process&)>& act);
  void end_process();
  void set_faults();
  Result<std::unique_ptr<Process>> make_process();
  // What core does when its disk cannot be trusted any more.
  std::function<void(std::string_view)> fatal();
  orders::Options order_options();
  void tick(std::uint64_t number, Milliseconds every, std::string_view what,
            const std::function<void(Process&)>& act);
  void work_on_payments_soon(std::uint64_t number);
  void decide(Process& process, std::vector<contract::PlaceOrder> orders, std::uint64_t batch_id,
              const std::function<void(std::string)>& answer);
  void adjust(Process& process);

  Context& context_;
  const Shop& shop_;
  Provider& provider_;
  Checker& checker_;
  Disk disk_;
  ShopPrices prices_;
  PlainBoxes boxes_;
  std::uint64_t started_ = 0;  // processes so far; names the present one
  bool start_planned_ = false;
  bool faulty_ = false;  // the disk has the plan's faults
  Milliseconds reads_fail_until_{0};
  std::unique_ptr<Process> process_;
};

}  // namespace dermaga::simulation
