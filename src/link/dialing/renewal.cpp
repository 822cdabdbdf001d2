#include "dialing/renewal.h"

#include <algorithm>

#include "log/log.h"
#include "wire/messages.h"

namespace dermaga::dialing {

namespace {

constexpr std::chrono::milliseconds kRetryMax = std::chrono::minutes(5);

}  // namespace

Renewal::Renewal(CredentialFiles files, const Clock& clock, metrics::Registry* registry)
    : files_(std::move(files)), clock_(clock), registry_(registry) {}

void Renewal::plan(const pki::CertificateInfo& info) {
  under_way_ = false;
  // A fresh certificate that is due already (a short lifetime) must not be renewed in a circle.
  const auto left = std::max(renewal_due(files_, info) - clock_.now(), files_.renew_every / 2);
  due_at_ = clock_.steady_now() + left;
  if (registry_ != nullptr) {
    registry_
        ->gauge("dermaga_link_certificate_expiry_timestamp_seconds",
                "When the link's certificate expires")
        .set(static_cast<double>(to_unix_ms(info.not_after)) / 1'000.0);
  }
}

bool Renewal::is_due() const {
  return !under_way_ && clock_.steady_now() >= due_at_;
}

Result<std::string> Renewal::begin() {
  auto key = pki::generate_key_pem();
  auto request = key.has_value() ? pki::make_request_pem(*key, files_.role_uri)
                                 : Result<std::string>(std::unexpected(key.error()));
  if (!request.has_value()) {
    failed(request.error());
    return std::unexpected(std::move(request).error());
  }
  under_way_ = true;
  key_pem_ = *std::move(key);
  return wire::encode(wire::RenewRequest{*std::move(request)});
}

bool Renewal::finish(Result<std::string> answer) {
  auto message = answer.has_value()
                     ? wire::decode<wire::RenewAnswer>(*answer)
                     : Result<wire::RenewAnswer>(std::unexpected(std::move(answer).error()));
  const Status stored = message.has_value()
                            ? store_credentials(files_, key_pem_, message->certificate_pem)
                            : Status(std::unexpected(std::move(message).error()));
  if (!stored.has_value()) {
    failed(stored.error());
    return false;
  }
  count("renewed");
  log::info("link_certificate_renewed", {{"role", files_.role_uri}});
  return true;
}

void Renewal::failed(const Error& why) {
  count("failed");
  log::error("link_renewal_failed", {{"error", why.message()}});
  under_way_ = false;
  due_at_ = clock_.steady_now() + std::min(kRetryMax, files_.renew_every / 4);
}

void Renewal::count(const char* result) {
  if (registry_ != nullptr) {
    registry_
        ->counter("dermaga_link_renewals_total", "Certificate renewals, by how they ended",
                  {{"result", result}})
        .increment();
  }
}

}  // namespace dermaga::dialing
