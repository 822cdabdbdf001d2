#include "core_methods.h"

#include "place_call.h"
#include "wire/messages.h"

namespace dermaga::core_end {

namespace {

using serving::Methods;
using serving::Role;

template <typename Message>
Result<std::string> encoded(Result<Message> message) {
  if (!message.has_value()) {
    return std::unexpected(std::move(message).error());
  }
  return wire::encode(*message);
}

}  // namespace

Methods CoreMethods::methods() {
  Methods methods;
  add_streams(methods);
  add_sealed_call(methods);
  add_for_spools(methods);
  add_blocking(methods);
  return methods;
}

void CoreMethods::add_streams(Methods& methods) {
  methods.add_stream("/dermaga.link.v1.Orders/Place",
                     [this] { return make_place_call(core_, metrics_); });
  methods.add_stream("/dermaga.link.v1.Catalog/Watch",
                     [this] { return make_catalog_watch(core_, snapshots_); });
  methods.add_stream("/dermaga.link.v1.Capacity/Watch",
                     [this] { return make_capacity_watch(core_); });
}

void CoreMethods::add_sealed_call(Methods& methods) {
  methods.add_single("/dermaga.link.v1.Sealed/Call", [this](const std::string& bytes, const Role&,
                                                            Methods::Reply reply) {
    auto request = wire::decode<wire::SealedRequest>(bytes);
    if (!request.has_value()) {
      reply(std::unexpected(std::move(request).error()));
      return;
    }
    core_->sealed_call(std::move(request->box), request->received_at,
                       [reply = std::move(reply)](const contract::SealedAnswer& answer) {
                         reply(wire::encode(answer));
                       });
  });
}

void CoreMethods::add_for_spools(Methods& methods) {
  methods.add_single("/dermaga.link.v1.Orders/Deliver", [this](const std::string& bytes,
                                                               const Role&, Methods::Reply reply) {
    auto delivery = wire::decode<contract::Delivery>(bytes);
    if (!delivery.has_value()) {
      reply(std::unexpected(std::move(delivery).error()));
      return;
    }
    spools_->deliver_orders(
        *std::move(delivery),
        [reply = std::move(reply)](std::vector<contract::PlaceOutcome> outcomes) {
          reply(wire::encode(wire::DeliverAnswer{std::move(outcomes)}));
        });
  });
  methods.add_blocking("/dermaga.link.v1.Leases/Exchange",
                       [this](const std::string& bytes, const Role&) -> Result<std::string> {
                         ASSIGN_OR_RETURN(const auto request,
                                          wire::decode<contract::LeaseRequest>(bytes));
                         return encoded(spools_->exchange_lease(request));
                       });
}

void CoreMethods::add_blocking(Methods& methods) {
  methods.add_blocking("/dermaga.link.v1.Orders/View",
                       [this](const std::string& bytes, const Role&) -> Result<std::string> {
                         ASSIGN_OR_RETURN(const auto request,
                                          wire::decode<wire::ViewRequest>(bytes));
                         return encoded(core_->order_view(request.id, request.access_token));
                       });
  methods.add_blocking("/dermaga.link.v1.Catalog/GetAsset",
                       [this](const std::string& bytes, const Role&) -> Result<std::string> {
                         ASSIGN_OR_RETURN(const auto request,
                                          wire::decode<wire::AssetRequest>(bytes));
                         return encoded(core_->asset(request.sha256_hex));
                       });
  methods.add_blocking("/dermaga.link.v1.Keys/Get",
                       [this](const std::string& bytes, const Role&) -> Result<std::string> {
                         RETURN_IF_ERROR(wire::decode<wire::Empty>(bytes));
                         return wire::encode(core_->edge_keys());
                       });
  methods.add_blocking("/dermaga.link.v1.Audit/Witness",
                       [this](const std::string& bytes, const Role&) -> Result<std::string> {
                         ASSIGN_OR_RETURN(const auto request,
                                          wire::decode<contract::WitnessRequest>(bytes));
                         return encoded(core_->witness(request));
                       });
  methods.add_blocking(
      "/dermaga.link.v1.Certificates/Renew",
      [this](const std::string& bytes, const Role& caller) -> Result<std::string> {
        ASSIGN_OR_RETURN(const auto request, wire::decode<wire::RenewRequest>(bytes));
        ASSIGN_OR_RETURN(auto certificate,
                         core_->renew_certificate(
                             request.request_pem,
                             {.role_uri = caller.uri, .certificate_pem = caller.certificate_pem}));
        return wire::encode(wire::RenewAnswer{std::move(certificate)});
      });
}

}  // namespace dermaga::core_end
