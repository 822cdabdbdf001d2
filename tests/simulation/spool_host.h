#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "checker.h"
#include "context.h"
#include "core_host.h"
#include "disk.h"
#include "network.h"
#include "spool_disk.h"
#include "spool_ledger/ledger.h"

namespace dermaga::simulation {

// The machine of one spool: the real ledger and log over a simulated disk. Takes sealed orders from
// edges and delivers them to core, one delivery at a time, again until core has answered.
class SpoolHost {
 public:
  SpoolHost(Context& context, Network& network, CoreHost& core, Checker& checker, HostId id);
  ~SpoolHost();

  void start();
  bool is_alive() const { return ledger_ != nullptr && !disk_.stopped(); }
  // Now, or in the middle of one of its next disk operations.
  void stop_soon();
  void heal();
  HostId id() const { return id_; }
  const std::string& name() const { return name_; }
  // Orders that it holds; alive.
  std::uint64_t undelivered() const { return ledger_->stats().orders; }

  // What comes over the link; nothing is answered when the process is stopped.
  void append(const std::string& bytes, const std::function<void(std::string)>& answer);
  void order_view(const OrderId& id,
                  const std::function<void(Result<contract::OrderView>)>& answer);

 private:
  // Does something with the ledger, which says whether its disk can still be trusted.
  void step(const std::function<Status(spool_ledger::Ledger&)>& act);
  void end_process();
  void keep_delivering(std::uint64_t process);
  void deliver();
  void delivered(std::uint64_t delivery, const std::string& bytes);
  // As Courier does: while half of the time is left, and when what was sold has been delivered.
  void renew_lease(spool_ledger::Ledger& ledger);
  void granted(std::uint64_t request, const std::string& bytes);
  void check_sold(const contract::SpoolOutcome& outcome, bool decided);

  Context& context_;
  Network& network_;
  CoreHost& core_;
  Checker& checker_;
  HostId id_;
  std::string name_;
  Disk disk_;
  SpoolDisk folder_;
  std::unique_ptr<spool_ledger::Ledger> ledger_;
  std::uint64_t started_ = 0;  // processes so far; names the present one
  bool start_planned_ = false;
  std::uint64_t last_delivery_ = 0;
  bool is_delivering_ = false;  // last_delivery_ is not answered yet
  std::uint64_t last_request_ = 0;
  bool is_asking_ = false;  // last_request_ is not answered yet
  SteadyTime asked_at_;
  SteadyTime lease_at_;  // when to ask again
  // What this process was granted and has not asked core to close, kept apart from the ledger.
  std::uint64_t granted_epoch_ = 0;
  SteadyTime granted_until_;
};

}  // namespace dermaga::simulation
