#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <utility>

#include "context.h"

namespace dermaga::simulation {

// Who sends: core, the edges, the spools, and everybody outside.
using HostId = int;
inline constexpr HostId kCore = 0;
inline constexpr HostId kFirstEdge = 1;
inline constexpr HostId kFirstSpool = 100;
inline constexpr HostId kOutside = 1'000;

// Messages between hosts: late, lost, twice, in another order, or held back by a partition. Harsher
// than the real link, whose streams keep their order; whoever needs that counts messages himself.
class Network {
 public:
  explicit Network(Context& context) : context_(context) {}

  void send(HostId from, HostId to, std::function<void()> deliver);
  // Nothing passes between the two, either way, until it is mended.
  void part(HostId one, HostId other);
  void mend(HostId one, HostId other);
  void mend_all() { parted_.clear(); }

 private:
  Milliseconds delay();
  bool is_parted(HostId one, HostId other) const;

  Context& context_;
  std::set<std::pair<HostId, HostId>> parted_;
};

}  // namespace dermaga::simulation
