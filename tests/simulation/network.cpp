#include "network.h"

#include <algorithm>

namespace dermaga::simulation {

Milliseconds Network::delay() {
  Chance& chance = context_.network_chance;
  Milliseconds delay(chance.between(0, context_.plan.latency_max.count()));
  if (!context_.healed && chance.once_in(context_.plan.message_late)) {
    delay += Milliseconds(chance.between(0, 15'000));
  }
  return delay;
}

bool Network::is_parted(HostId one, HostId other) const {
  return parted_.contains(std::minmax(one, other));
}

void Network::part(HostId one, HostId other) {
  parted_.insert(std::minmax(one, other));
}

void Network::mend(HostId one, HostId other) {
  parted_.erase(std::minmax(one, other));
}

void Network::send(HostId from, HostId to, std::function<void()> deliver) {
  Chance& chance = context_.network_chance;
  const bool faulty = !context_.healed;
  if (is_parted(from, to) || (faulty && chance.once_in(context_.plan.message_lost))) {
    return;
  }
  if (faulty && chance.once_in(context_.plan.message_twice)) {
    context_.timeline.after(delay(), deliver);
  }
  // Judged again on arrival: what was under way when the line broke is gone.
  context_.timeline.after(delay(), [this, from, to, deliver = std::move(deliver)] {
    if (!is_parted(from, to)) {
      deliver();
    }
  });
}

}  // namespace dermaga::simulation
