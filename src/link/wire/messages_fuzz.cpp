#include <cstdint>

#include "wire/messages.h"

namespace {

using namespace dermaga;

// What decodes must encode to something that decodes again.
template <typename Message>
void check(std::string_view bytes) {
  const auto message = wire::decode<Message>(bytes);
  if (message.has_value()) {
    CHECK(wire::decode<Message>(wire::encode(*message)).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check<wire::PlaceBatch>(bytes);
  check<wire::PlaceBatchResult>(bytes);
  check<wire::CatalogWatch>(bytes);
  check<wire::CatalogUpdate>(bytes);
  check<wire::AssetRequest>(bytes);
  check<wire::ViewRequest>(bytes);
  check<wire::SealedRequest>(bytes);
  check<wire::RenewRequest>(bytes);
  check<wire::SpoolAppend>(bytes);
  check<wire::SpoolAppendAnswer>(bytes);
  check<wire::SpoolView>(bytes);
  check<wire::DeliverAnswer>(bytes);
  check<contract::SpoolOrder>(bytes);
  check<contract::Delivery>(bytes);
  check<contract::LeaseRequest>(bytes);
  check<contract::LeaseGrant>(bytes);
  check<contract::OrderView>(bytes);
  check<contract::SealedAnswer>(bytes);
  check<contract::CapacityUpdate>(bytes);
  check<contract::EdgeKeys>(bytes);
  check<contract::Asset>(bytes);
  check<contract::WitnessRequest>(bytes);
  check<contract::WitnessAnswer>(bytes);
  return 0;
}
