#include "service.h"

#include <grpc/grpc_security_constants.h>

#include "place_call.h"
#include "wire/messages.h"

namespace dermaga::core_end {

namespace {

constexpr unsigned kBlockingThreads = 4;
constexpr std::size_t kCallsInHandMax = 1'024;

std::optional<Role> caller_of(const grpc::ServerContextBase& context, std::string_view shop_id) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) {
    return std::nullopt;
  }
  std::vector<std::string> uris;
  for (const grpc::string_ref& uri : auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
    uris.emplace_back(uri.data(), uri.size());
  }
  return role_of(uris, shop_id);
}

template <typename Message>
Result<std::string> encoded(Result<Message> message) {
  if (!message.has_value()) {
    return std::unexpected(std::move(message).error());
  }
  return wire::encode(*message);
}

}  // namespace

Service::Service(std::string shop_id, std::shared_ptr<contract::CoreService> core,
                 metrics::Registry* registry)
    : shop_id_(std::move(shop_id)),
      core_(std::move(core)),
      metrics_(registry),
      calls_in_hand_(std::make_shared<std::atomic<std::size_t>>(0)),
      workers_(kBlockingThreads, kCallsInHandMax) {
  add_streams();
  add_blocking_calls();
}

grpc::ServerGenericBidiReactor* Service::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  using Verdict = LinkMetrics::Verdict;
  if (draining_) {
    return refuse({grpc::StatusCode::UNAVAILABLE, "core is stopping"}, running_);
  }
  const std::string& method = context->method();
  const auto caller = caller_of(*context, shop_id_);
  const auto factory = methods_.find(method);
  if (!caller.has_value() || !is_allowed(caller->path, method) || factory == methods_.end()) {
    metrics_.call(method, Verdict::kDenied);
    return refuse({grpc::StatusCode::PERMISSION_DENIED, "this role may not call this method"},
                  running_);
  }
  metrics_.call(method, Verdict::kAccepted);
  return Call::begin(factory->second(*caller), running_);
}

void Service::drain() {
  draining_ = true;
  running_.drain_all();
}

void Service::add_streams() {
  methods_["/dermaga.link.v1.Orders/Place"] = [this](const Role&) {
    return make_place_call(core_, metrics_);
  };
  methods_["/dermaga.link.v1.Catalog/Watch"] = [this](const Role&) {
    return make_catalog_watch(core_, snapshots_);
  };
  methods_["/dermaga.link.v1.Capacity/Watch"] = [this](const Role&) {
    return make_capacity_watch(core_);
  };
  methods_["/dermaga.link.v1.Sealed/Call"] = [this](const Role&) { return sealed_call(); };
}

void Service::add_blocking_calls() {
  add_blocking("/dermaga.link.v1.Orders/View",
               [this](const std::string& bytes, const Role&) -> Result<std::string> {
                 ASSIGN_OR_RETURN(const auto request, wire::decode<wire::ViewRequest>(bytes));
                 return encoded(core_->order_view(request.id, request.access_token));
               });
  add_blocking("/dermaga.link.v1.Catalog/GetAsset",
               [this](const std::string& bytes, const Role&) -> Result<std::string> {
                 ASSIGN_OR_RETURN(const auto request, wire::decode<wire::AssetRequest>(bytes));
                 return encoded(core_->asset(request.sha256_hex));
               });
  add_blocking("/dermaga.link.v1.Keys/Get",
               [this](const std::string& bytes, const Role&) -> Result<std::string> {
                 RETURN_IF_ERROR(wire::decode<wire::Empty>(bytes));
                 return wire::encode(core_->edge_keys());
               });
  add_blocking("/dermaga.link.v1.Certificates/Renew",
               [this](const std::string& bytes, const Role& caller) -> Result<std::string> {
                 ASSIGN_OR_RETURN(const auto request, wire::decode<wire::RenewRequest>(bytes));
                 ASSIGN_OR_RETURN(auto certificate,
                                  core_->renew_certificate(request.request_pem, caller.uri));
                 return wire::encode(wire::RenewAnswer{std::move(certificate)});
               });
}

void Service::add_blocking(const std::string& method, Blocking run) {
  methods_[method] = [this, run = std::move(run)](const Role& caller) {
    return make_unary_call([this, run, caller](std::string request, const Reply& reply) {
      const Reply admitted = admit(reply);
      if (!admitted) {
        return;
      }
      const bool accepted = workers_.submit([run, caller, request = std::move(request), admitted] {
        admitted(run(request, caller));
      });
      CHECK(accepted);  // as many may wait as are admitted
    });
  };
}

std::shared_ptr<Call> Service::sealed_call() {
  return make_unary_call([this](const std::string& bytes, const Reply& reply) {
    auto request = wire::decode<wire::SealedRequest>(bytes);
    if (!request.has_value()) {
      reply(std::unexpected(std::move(request).error()));
      return;
    }
    if (Reply admitted = admit(reply)) {
      core_->sealed_call(std::move(request->box), request->received_at,
                         [admitted = std::move(admitted)](const contract::SealedAnswer& answer) {
                           admitted(wire::encode(answer));
                         });
    }
  });
}

Reply Service::admit(Reply reply) {
  if (calls_in_hand_->fetch_add(1) >= kCallsInHandMax) {
    calls_in_hand_->fetch_sub(1);
    reply(make_error(ErrorCode::kOverloaded, "too many calls are being answered"));
    return nullptr;
  }
  return [count = calls_in_hand_, reply = std::move(reply)](Result<std::string> answer) {
    count->fetch_sub(1);
    reply(std::move(answer));
  };
}

}  // namespace dermaga::core_end
