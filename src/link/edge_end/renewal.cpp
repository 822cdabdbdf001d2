// The part of the loop that keeps the certificate young.
#include <algorithm>

#include "log/log.h"
#include "loop.h"
#include "pki/pki.h"
#include "wire/messages.h"

namespace dermaga::edge_end {

namespace {

constexpr std::chrono::milliseconds kRetryMax = std::chrono::minutes(5);
constexpr const char* kMetric = "dermaga_link_renewals_total";
constexpr const char* kHelp = "Certificate renewals, by how they ended";

}  // namespace

void Loop::plan_renewal(const pki::CertificateInfo& info) {
  // A fresh certificate that is due already (a short lifetime) must not be renewed in a circle.
  const auto left = std::max(renewal_due(options_, info) - clock_.now(), options_.renew_every / 2);
  renew_at_ = clock_.steady_now() + left;
  if (options_.registry != nullptr) {
    options_.registry
        ->gauge("dermaga_link_certificate_expiry_timestamp_seconds",
                "When the link's certificate expires")
        .set(static_cast<double>(to_unix_ms(info.not_after)) / 1'000.0);
  }
}

void Loop::start_renewal() {
  auto key = pki::generate_key_pem();
  auto request = key.has_value() ? pki::make_request_pem(*key, options_.role_uri)
                                 : Result<std::string>(std::unexpected(std::move(key).error()));
  if (!request.has_value()) {
    renewal_failed(request.error());
    return;
  }
  renewing_ = true;
  (void)current_->call(
      "/dermaga.link.v1.Certificates/Renew", wire::encode(wire::RenewRequest{*std::move(request)}),
      [this, key_pem = *std::move(key)](Result<std::string> answer) {
        post([this, key_pem, answer = std::move(answer)] { renewed(key_pem, answer); });
      });
}

void Loop::renewed(const std::string& key_pem, Result<std::string> answer) {
  auto message = answer.has_value()
                     ? wire::decode<wire::RenewAnswer>(*answer)
                     : Result<wire::RenewAnswer>(std::unexpected(std::move(answer).error()));
  const Status stored = message.has_value()
                            ? store_credentials(options_, key_pem, message->certificate_pem)
                            : Status(std::unexpected(std::move(message).error()));
  if (!stored.has_value()) {
    renewal_failed(stored.error());
    return;
  }
  count(kMetric, kHelp, "renewed");
  log::info("link_certificate_renewed", {{"role", options_.role_uri}});
  // A second session with the new certificate; see session_up() for the change-over.
  want_session_ = true;
  retry_at_ = clock_.steady_now();
}

void Loop::renewal_failed(const Error& why) {
  count(kMetric, kHelp, "failed");
  log::error("link_renewal_failed", {{"error", why.message()}});
  renewing_ = false;
  renew_at_ = clock_.steady_now() + std::min(kRetryMax, options_.renew_every / 4);
}

}  // namespace dermaga::edge_end
