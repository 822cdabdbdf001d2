#include "link_adapter.h"

#include <utility>

namespace dermaga::edge {
namespace {

std::unexpected<Error> no_link() {
  return make_error(ErrorCode::kUnavailable, "the link is not up yet");
}

}  // namespace

bool LinkAdapter::connected() const {
  const auto link = link_.load();
  return link != nullptr && link->connected();
}

void LinkAdapter::place(contract::PlaceOrder order,
                        std::function<void(Result<contract::PlaceOutcome>)> done) {
  const auto link = link_.load();
  link != nullptr ? link->place(std::move(order), std::move(done)) : done(no_link());
}

void LinkAdapter::order_view(OrderId id, std::string access_token,
                             std::function<void(Result<contract::OrderView>)> done) {
  const auto link = link_.load();
  link != nullptr ? link->order_view(std::move(id), std::move(access_token), std::move(done))
                  : done(no_link());
}

void LinkAdapter::sealed_call(std::string box, UtcTime received_at,
                              std::function<void(Result<contract::SealedAnswer>)> done) {
  const auto link = link_.load();
  link != nullptr ? link->sealed_call(std::move(box), received_at, std::move(done))
                  : done(no_link());
}

void LinkAdapter::fetch_asset(std::string sha256_hex,
                              std::function<void(Result<contract::Asset>)> done) {
  const auto link = link_.load();
  link != nullptr ? link->fetch_asset(std::move(sha256_hex), std::move(done)) : done(no_link());
}

void LinkAdapter::witness(const contract::WitnessRequest& request,
                          std::function<void(Result<contract::WitnessAnswer>)> done) {
  const auto link = link_.load();
  link != nullptr ? link->witness(request, std::move(done)) : done(no_link());
}

}  // namespace dermaga::edge
