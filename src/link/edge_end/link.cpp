#include "credential_files.h"
#include "edge_end/edge_end.h"
#include "loop.h"
#include "transport/transport.h"
#include "wire/limits.h"
#include "wire/messages.h"

namespace dermaga::edge_end {

namespace {

// Turns the bytes of an answer into its message on the way to the caller.
template <typename Message>
dialing::CallDone decoding(std::function<void(Result<Message>)> done) {
  return [done = std::move(done)](Result<std::string> answer) {
    if (answer.has_value()) {
      done(wire::decode<Message>(*answer));
    } else {
      done(std::unexpected(std::move(answer).error()));
    }
  };
}

class LinkImpl final : public Link {
 public:
  LinkImpl(const LinkOptions& options, std::uint64_t known_version,
           std::shared_ptr<LinkListener> listener)
      : loop_(options, known_version, std::move(listener)) {}

  bool connected() const override { return loop_.connected(); }

  void place(contract::PlaceOrder order,
             std::function<void(Result<contract::PlaceOutcome>)> done) override {
    loop_.batcher().place(std::move(order), std::move(done));
  }
  void order_view(OrderId id, std::string access_token,
                  std::function<void(Result<contract::OrderView>)> done) override {
    call("/dermaga.link.v1.Orders/View",
         wire::encode(wire::ViewRequest{std::move(id), std::move(access_token)}),
         decoding(std::move(done)));
  }
  void sealed_call(std::string box, UtcTime received_at,
                   std::function<void(Result<contract::SealedAnswer>)> done) override {
    call("/dermaga.link.v1.Sealed/Call",
         wire::encode(wire::SealedRequest{std::move(box), received_at}), decoding(std::move(done)));
  }
  void fetch_asset(std::string sha256_hex,
                   std::function<void(Result<contract::Asset>)> done) override {
    call("/dermaga.link.v1.Catalog/GetAsset",
         wire::encode(wire::AssetRequest{std::move(sha256_hex)}), decoding(std::move(done)));
  }
  void witness(const contract::WitnessRequest& request,
               std::function<void(Result<contract::WitnessAnswer>)> done) override {
    call("/dermaga.link.v1.Audit/Witness", wire::encode(request), decoding(std::move(done)));
  }

 private:
  void call(const std::string& method, const std::string& request, const dialing::CallDone& done) {
    // A session may close between the look and the call: then another has taken its place, or none.
    std::shared_ptr<Session> session = loop_.session();
    while (session != nullptr) {
      if (session->call(method, request, done)) {
        return;
      }
      auto next = loop_.session();
      session = next == session ? nullptr : std::move(next);
    }
    done(make_error(ErrorCode::kUnavailable, "core cannot be reached"));
  }

  Loop loop_;
};

Status check_options(const LinkOptions& options) {
  if (options.batch_orders_max == 0 || options.batch_orders_max > wire::kBatchOrdersMax ||
      options.orders_in_flight_max == 0 || options.call_timeout.count() <= 0 ||
      options.renew_every.count() <= 0) {
    return make_error(ErrorCode::kInvalidArgument, "link options are out of range");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Link>> Link::start(const LinkOptions& options, std::uint64_t known_version,
                                          std::shared_ptr<LinkListener> listener) {
  RETURN_IF_ERROR(check_options(options));
  transport::require_tls13();
  if (auto credentials = dialing::load_credentials(credential_files(options));
      !credentials.has_value()) {
    return std::unexpected(std::move(credentials).error().with_context("link certificate"));
  }
  return std::make_unique<LinkImpl>(options, known_version, std::move(listener));
}

}  // namespace dermaga::edge_end
