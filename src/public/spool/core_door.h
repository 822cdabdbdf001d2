#pragma once

#include <memory>

#include "spool_end/client.h"
#include "spool_node/courier.h"

namespace dermaga::spool {

// Core over the link.
class CoreDoor final : public spool_node::CoreDoor {
 public:
  explicit CoreDoor(std::unique_ptr<spool_end::CoreClient> client) : client_(std::move(client)) {}

  bool connected() const override { return client_->connected(); }
  void deliver(const contract::Delivery& delivery,
               std::function<void(Result<std::vector<contract::PlaceOutcome>>)> done) override {
    client_->deliver(delivery, std::move(done));
  }
  void exchange(const contract::LeaseRequest& request,
                std::function<void(Result<contract::LeaseGrant>)> done) override {
    client_->exchange(request, std::move(done));
  }

 private:
  const std::unique_ptr<spool_end::CoreClient> client_;
};

}  // namespace dermaga::spool
