#include "service.h"

#include <grpc/grpc_security_constants.h>

#include <vector>

#include "pki/pki.h"
#include "role_table.h"

namespace dermaga::serving {

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
  auto role = role_of(uris, shop_id);
  if (role.has_value()) {
    for (const grpc::string_ref& pem : auth->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME)) {
      role->certificate_pem.assign(pem.data(), pem.size());
    }
  }
  return role;
}

}  // namespace

void Methods::add_single(std::string method, Single answer) {
  single_[std::move(method)] = std::move(answer);
}

void Methods::add_blocking(std::string method, Blocking answer) {
  blocking_[std::move(method)] = std::move(answer);
}

void Methods::add_stream(std::string method, Stream start) {
  streams_[std::move(method)] = std::move(start);
}

Service::Service(const ServerOptions& options, Methods methods)
    : shop_id_(options.shop_id),
      revoked_(options.revoked),
      methods_(std::move(methods)),
      metrics_(options.registry),
      calls_in_hand_(std::make_shared<std::atomic<std::size_t>>(0)),
      workers_(kBlockingThreads, kCallsInHandMax) {
  if (revoked_ != nullptr) {
    revoked_->listen(
        [this] { running_.drain([this](const Role& caller) { return is_revoked(caller); }); });
  }
}

Service::~Service() {
  if (revoked_ != nullptr) {
    revoked_->listen({});
  }
}

// What cannot be read is not let in while some are revoked.
bool Service::is_revoked(const Role& caller) const {
  if (revoked_ == nullptr || revoked_->empty()) {
    return false;
  }
  const auto certificate = pki::read_certificate(caller.certificate_pem);
  return !certificate.has_value() || revoked_->contains(certificate->serial_hex);
}

grpc::ServerGenericBidiReactor* Service::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  using Verdict = CallMetrics::Verdict;
  if (draining_) {
    return refuse(Error(ErrorCode::kUnavailable, "the server is stopping"), running_);
  }
  const std::string& method = context->method();
  const auto caller = caller_of(*context, shop_id_);
  const auto call = caller.has_value() && is_allowed(caller->path, method) && !is_revoked(*caller)
                        ? make_call(method, *caller)
                        : nullptr;
  if (call == nullptr) {
    metrics_.call(method, Verdict::kDenied);
    return refuse(Error(ErrorCode::kForbidden, "this role may not call this method"), running_);
  }
  metrics_.call(method, Verdict::kAccepted);
  return Reactor::begin(call, *caller, running_);
}

void Service::drain() {
  draining_ = true;
  running_.drain([](const Role&) { return true; });
}

std::shared_ptr<Call> Service::make_call(const std::string& method, const Role& caller) {
  if (const auto stream = methods_.streams_.find(method); stream != methods_.streams_.end()) {
    return stream->second();
  }
  if (const auto single = methods_.single_.find(method); single != methods_.single_.end()) {
    return make_single(method, single->second, caller);
  }
  if (const auto slow = methods_.blocking_.find(method); slow != methods_.blocking_.end()) {
    return make_blocking(method, slow->second, caller);
  }
  return nullptr;
}

std::shared_ptr<Call> Service::make_single(const std::string& method, const Methods::Single& answer,
                                           const Role& caller) {
  return make_unary_call([this, &answer, method, caller](std::string request, Reply reply) {
    if (Reply admitted = admit(method, std::move(reply))) {
      answer(std::move(request), caller, std::move(admitted));
    }
  });
}

std::shared_ptr<Call> Service::make_blocking(const std::string& method,
                                             const Methods::Blocking& answer, const Role& caller) {
  return make_unary_call([this, &answer, method, caller](std::string request, Reply reply) {
    const Reply admitted = admit(method, std::move(reply));
    if (!admitted) {
      return;
    }
    const bool accepted = workers_.submit([&answer, caller, request = std::move(request),
                                           admitted] { admitted(answer(request, caller)); });
    CHECK(accepted);  // as many may wait as are admitted
  });
}

Reply Service::admit(const std::string& method, Reply reply) {
  if (calls_in_hand_->fetch_add(1) >= kCallsInHandMax) {
    calls_in_hand_->fetch_sub(1);
    metrics_.call(method, CallMetrics::Verdict::kOverloaded);
    reply(make_error(ErrorCode::kOverloaded, "too many calls are being answered"));
    return nullptr;
  }
  return [count = calls_in_hand_, reply = std::move(reply)](Result<std::string> answer) {
    count->fetch_sub(1);
    reply(std::move(answer));
  };
}

}  // namespace dermaga::serving
