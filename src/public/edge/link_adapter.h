#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "edge_end/edge_end.h"
#include "edge_node/edge_link.h"
#include "edge_node/node.h"
#include "witness/witness.h"

namespace dermaga::edge {

// The link as the node sees it. The node is made first, since the link needs to know which catalog
// is on disk; until set() everything is answered kUnavailable.
class LinkAdapter final : public edge_node::EdgeLink, public witness::WitnessedCore {
 public:
  void set(std::shared_ptr<edge_end::Link> link) { link_.store(std::move(link)); }

  bool connected() const override;
  void place(contract::PlaceOrder order,
             std::function<void(Result<contract::PlaceOutcome>)> done) override;
  void order_view(OrderId id, std::string access_token,
                  std::function<void(Result<contract::OrderView>)> done) override;
  void sealed_call(std::string box, UtcTime received_at,
                   std::function<void(Result<contract::SealedAnswer>)> done) override;
  void fetch_asset(std::string sha256_hex,
                   std::function<void(Result<contract::Asset>)> done) override;
  void witness(const contract::WitnessRequest& request,
               std::function<void(Result<contract::WitnessAnswer>)> done) override;

 private:
  std::atomic<std::shared_ptr<edge_end::Link>> link_;
};

// What the link tells, handed to node and witness, which outlive the link.
class NodeListener final : public edge_end::LinkListener {
 public:
  NodeListener(edge_node::Node& node, witness::Witness& witness) : node_(node), witness_(witness) {}
  void on_connected(bool connected) override { node_.on_connected(connected); }
  void on_keys(const contract::EdgeKeys& keys) override {
    node_.on_keys(keys);
    witness_.on_keys(keys);
  }
  void on_snapshot(contract::SignedSnapshot snapshot) override {
    node_.on_snapshot(std::move(snapshot));
  }
  void on_capacity(const contract::CapacityUpdate& update) override { node_.on_capacity(update); }

 private:
  edge_node::Node& node_;
  witness::Witness& witness_;
};

}  // namespace dermaga::edge
