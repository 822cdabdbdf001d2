#pragma once

#include <memory>
#include <string>
#include <vector>

#include "result/result.h"
#include "spool_end/client.h"
#include "spool_group/spool_group.h"

namespace dermaga::edge {

struct SpoolAddress {
  std::string name;    // "spool-1"
  std::string target;  // "127.0.0.1:8446"
};

// "spool-1=127.0.0.1:8446"; kInvalidArgument with what was expected.
Result<SpoolAddress> parse_spool(const std::string& text);

// One spool over the link.
class LinkedSpool final : public spool_group::Spool {
 public:
  explicit LinkedSpool(std::unique_ptr<spool_end::SpoolClient> client)
      : client_(std::move(client)) {}

  bool connected() const override { return client_->connected(); }
  void append(std::vector<contract::SpoolOrder> batch,
              std::function<void(Result<std::vector<contract::SpoolOutcome>>)> done) override {
    client_->append(std::move(batch), std::move(done));
  }
  void order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) override {
    client_->order_view(std::move(id), std::move(done));
  }
  void close() override { client_->close(); }

 private:
  const std::unique_ptr<spool_end::SpoolClient> client_;
};

}  // namespace dermaga::edge
