#include "spool_door.h"

#include <utility>

#include "wire/messages.h"

namespace dermaga::simulation {
namespace {

constexpr Milliseconds kPatience{10s};
constexpr Milliseconds kAwayFor{3s};

}  // namespace

bool SpoolDoor::connected() const {
  return context_.timeline.elapsed() >= away_until_;
}

template <typename T>
std::function<void(Result<T>)> SpoolDoor::once(std::function<void(Result<T>)> done) {
  auto call = std::make_shared<std::function<void(Result<T>)>>(std::move(done));
  auto answer = [call, open = open_](Result<T> result) {
    if (*open && *call != nullptr) {
      std::exchange(*call, nullptr)(std::move(result));
    }
  };
  context_.timeline.after(kPatience, [this, call, answer, open = open_] {
    if (*open && *call != nullptr) {
      away_until_ = context_.timeline.elapsed() + kAwayFor;
      answer(make_error(ErrorCode::kTimeout, "the spool did not answer in time"));
    }
  });
  return answer;
}

void SpoolDoor::append(std::vector<contract::SpoolOrder> batch,
                       std::function<void(Result<std::vector<contract::SpoolOutcome>>)> done) {
  const HostId spool = spool_.id();
  network_.send(edge_, spool,
                [&host = spool_, &network = network_, edge = edge_, spool,
                 bytes = wire::encode(wire::SpoolAppend{.orders = std::move(batch)}),
                 done = once<std::vector<contract::SpoolOutcome>>(std::move(done))] {
                  host.append(bytes, [&network, edge, spool, done](const std::string& answer) {
                    network.send(spool, edge, [answer, done] {
                      auto decoded = wire::decode<wire::SpoolAppendAnswer>(answer);
                      CHECK(decoded.has_value());
                      done(std::move(decoded->outcomes));
                    });
                  });
                });
}

void SpoolDoor::order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) {
  const HostId spool = spool_.id();
  network_.send(edge_, spool,
                [&host = spool_, &network = network_, edge = edge_, spool, id = std::move(id),
                 done = once<contract::OrderView>(std::move(done))] {
                  host.order_view(id, [&network, edge, spool, done](const auto& found) {
                    network.send(spool, edge, [found, done] { done(found); });
                  });
                });
}

}  // namespace dermaga::simulation
