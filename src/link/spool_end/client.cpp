#include "spool_end/client.h"

#include <utility>

#include "wire/messages.h"

namespace dermaga::spool_end {
namespace {

template <typename Message>
Result<Message> decoded(Result<std::string> bytes) {
  if (!bytes.has_value()) {
    return std::unexpected(std::move(bytes).error());
  }
  return wire::decode<Message>(*bytes);
}

// The list inside an answer, where it has as many items as were asked for.
template <typename Message, typename Item>
Result<std::vector<Item>> items_of(Result<std::string> bytes, std::size_t wanted) {
  auto message = decoded<Message>(std::move(bytes));
  if (!message.has_value()) {
    return std::unexpected(std::move(message).error());
  }
  if (message->outcomes.size() != wanted) {
    return make_error(ErrorCode::kCorrupt, "the answer has another number of orders");
  }
  return std::move(message->outcomes);
}

}  // namespace

Result<std::unique_ptr<SpoolClient>> SpoolClient::start(const dialing::CallerOptions& options) {
  ASSIGN_OR_RETURN(auto caller, dialing::Caller::start(options));
  return std::unique_ptr<SpoolClient>(new SpoolClient(std::move(caller)));
}

void SpoolClient::append(std::vector<contract::SpoolOrder> batch,
                         std::function<void(Result<std::vector<contract::SpoolOutcome>>)> done) {
  const std::size_t orders = batch.size();
  caller_->call(
      "/dermaga.link.v1.Spool/Append", wire::encode(wire::SpoolAppend{.orders = std::move(batch)}),
      [orders, done = std::move(done)](Result<std::string> bytes) {
        done(items_of<wire::SpoolAppendAnswer, contract::SpoolOutcome>(std::move(bytes), orders));
      });
}

void SpoolClient::order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) {
  caller_->call("/dermaga.link.v1.Spool/View", wire::encode(wire::SpoolView{.id = std::move(id)}),
                [done = std::move(done)](Result<std::string> bytes) {
                  done(decoded<contract::OrderView>(std::move(bytes)));
                });
}

Result<std::unique_ptr<CoreClient>> CoreClient::start(const dialing::CallerOptions& options) {
  ASSIGN_OR_RETURN(auto caller, dialing::Caller::start(options));
  return std::unique_ptr<CoreClient>(new CoreClient(std::move(caller)));
}

void CoreClient::deliver(const contract::Delivery& delivery,
                         std::function<void(Result<std::vector<contract::PlaceOutcome>>)> done) {
  caller_->call(
      "/dermaga.link.v1.Orders/Deliver", wire::encode(delivery),
      [orders = delivery.orders.size(), done = std::move(done)](Result<std::string> bytes) {
        done(items_of<wire::DeliverAnswer, contract::PlaceOutcome>(std::move(bytes), orders));
      });
}

void CoreClient::exchange(const contract::LeaseRequest& request,
                          std::function<void(Result<contract::LeaseGrant>)> done) {
  caller_->call("/dermaga.link.v1.Leases/Exchange", wire::encode(request),
                [done = std::move(done)](Result<std::string> bytes) {
                  done(decoded<contract::LeaseGrant>(std::move(bytes)));
                });
}

}  // namespace dermaga::spool_end
