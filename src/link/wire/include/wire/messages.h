#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/audit.h"
#include "contract/catalog.h"
#include "contract/order.h"
#include "contract/spool.h"
#include "result/result.h"

namespace dermaga::wire {

// The messages of api/link.proto as plain structs. encode() gives protobuf bytes; decode() is
// strict: kInvalidArgument, naming the field, on anything that limits.h or link.proto rules out.

struct PlaceBatch {
  std::uint64_t batch_id = 0;
  std::vector<contract::PlaceOrder> orders;
};
struct PlaceBatchResult {
  std::uint64_t batch_id = 0;
  std::vector<contract::PlaceOutcome> outcomes;
};
struct CatalogWatch {
  std::uint64_t since_version = 0;
};
struct CatalogUpdate {
  std::uint64_t version = 0;
  std::optional<contract::SignedSnapshot> snapshot;  // none: heartbeat
};
struct AssetRequest {
  std::string sha256_hex;
};
struct ViewRequest {
  OrderId id;
  std::string access_token;
};
struct SealedRequest {
  std::string box;
  UtcTime received_at;
};
struct RenewRequest {
  std::string request_pem;
};
struct RenewAnswer {
  std::string certificate_pem;
};
struct SpoolAppend {
  std::vector<contract::SpoolOrder> orders;
};
struct SpoolAppendAnswer {
  std::vector<contract::SpoolOutcome> outcomes;
};
struct SpoolView {
  OrderId id;
};
struct DeliverAnswer {
  std::vector<contract::PlaceOutcome> outcomes;
};
struct Empty {};  // Keys.Get, Capacity.Watch

std::string encode(const PlaceBatch& message);
std::string encode(const PlaceBatchResult& message);
std::string encode(const CatalogWatch& message);
std::string encode(const CatalogUpdate& message);  // compresses the snapshot
std::string encode(const AssetRequest& message);
std::string encode(const ViewRequest& message);
std::string encode(const SealedRequest& message);
std::string encode(const RenewRequest& message);
std::string encode(const RenewAnswer& message);
std::string encode(const SpoolAppend& message);
std::string encode(const SpoolAppendAnswer& message);
std::string encode(const SpoolView& message);
std::string encode(const contract::Delivery& message);
std::string encode(const DeliverAnswer& message);
std::string encode(const contract::LeaseRequest& message);
std::string encode(const contract::LeaseGrant& message);
std::string encode(const contract::SpoolOrder& message);  // also what a spool keeps on its disk
std::string encode(const Empty& message);
std::string encode(const contract::OrderView& message);
std::string encode(const contract::SealedAnswer& message);
std::string encode(const contract::CapacityUpdate& message);
std::string encode(const contract::EdgeKeys& message);
std::string encode(const contract::Asset& message);
std::string encode(const contract::WitnessRequest& message);
std::string encode(const contract::WitnessAnswer& message);

// For each of the types above.
template <typename Message>
Result<Message> decode(std::string_view bytes);

// What decode() demands of one order: an edge asks before it joins the order to a batch, so that
// one bad order cannot spoil its neighbours' message.
Status check_order(const contract::PlaceOrder& order);

// Every method of link.proto as "/package.Service/Method"; tests compare the role table with it.
std::vector<std::string> method_names();

}  // namespace dermaga::wire
