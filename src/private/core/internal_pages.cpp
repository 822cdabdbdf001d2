#include "internal_pages.h"

#include <string>
#include <utility>

namespace dermaga::core {

namespace {

http::Response text(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"},
                      {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

constexpr double kNanosecondsPerSecond = 1e9;

}  // namespace

InternalPages::InternalPages(metrics::Registry& registry, files::VolumeEncryption private_volume)
    : registry_(registry) {
  if (private_volume != files::VolumeEncryption::kUnknown) {
    registry_
        .gauge("dermaga_core_private_volume_encrypted",
               "1 where the private folder lies on an encrypted volume; absent where unknown.")
        .set(private_volume == files::VolumeEncryption::kYes ? 1 : 0);
  }
  registry_
      .gauge("dermaga_build_info", "Always 1; the version is a label.",
             {{"program", "dermaga-core"}, {"version", DERMAGA_VERSION}})
      .set(1);
}

void InternalPages::observe(std::shared_ptr<shop::Shop> shop) {
  const std::lock_guard lock(mutex_);
  shop_ = std::move(shop);
}

void InternalPages::handle(const http::Request& request, http::Responder responder) {
  if (request.path == "/healthz") {
    std::move(responder).send(text(200, "ok\n"));
  } else if (request.path == "/readyz") {
    std::move(responder).send(ready_ ? text(200, "ready\n") : text(503, "starting\n"));
  } else if (request.path == "/metrics") {
    refresh_order_metrics();
    std::move(responder).send(text(200, registry_.exposition()));
  } else {
    std::move(responder).send(text(404, "here are /healthz, /readyz and /metrics\n"));
  }
}

// Left as they were while the store cannot be read.
void InternalPages::refresh_lease_metrics() {
  const auto leases = shop_->leases().stats();
  if (!leases.has_value()) {
    return;
  }
  registry_.gauge("dermaga_core_leases_open", "Stock leases that spools have.")
      .set(static_cast<double>(leases->open));
  registry_.gauge("dermaga_core_leased_units", "Units that spools may sell or have sold.")
      .set(static_cast<double>(leases->leased_units));
  registry_
      .gauge("dermaga_core_lease_units_returned", "Units that came back from leases since start.")
      .set(static_cast<double>(leases->units_returned));
  const std::chrono::duration<double> age = shop_->clock().now() - leases->oldest_granted_at;
  registry_.gauge("dermaga_core_lease_oldest_seconds", "Age of the oldest open lease; 0: none.")
      .set(leases->open == 0 ? 0 : age.count());
}

void InternalPages::refresh_order_metrics() {
  const std::lock_guard lock(mutex_);
  if (shop_ == nullptr) {
    return;
  }
  const auto stats = shop_->orders().stats();
  const auto outcome = [this](const char* name, std::uint64_t count) {
    registry_
        .gauge("dermaga_core_orders", "Orders answered since start, by outcome.",
               {{"outcome", name}})
        .set(static_cast<double>(count));
  };
  outcome("placed", stats.placed);
  outcome("replayed", stats.replayed);
  outcome("out_of_stock", stats.out_of_stock);
  outcome("refused", stats.refused);
  outcome("delivered_accepted", stats.delivered_accepted);
  outcome("delivered_declined", stats.delivered_declined);
  registry_
      .gauge(
          "dermaga_core_promises_broken",
          "Orders declined though a spool had sold them from a lease: those in the store at this "
          "core's start, and its own since.")
      .set(static_cast<double>(stats.promises_broken));
  refresh_lease_metrics();
  if (const auto waiting = shop_->four_eyes().approvals().open_count(); waiting.has_value()) {
    registry_
        .gauge("dermaga_approvals_waiting",
               "Requests that wait for a second person, or were agreed to and are not done.")
        .set(static_cast<double>(*waiting));
  }
  const auto stage = [this](const char* name, std::uint64_t nanoseconds) {
    registry_
        .gauge("dermaga_core_order_stage_seconds", "Time spent since start, by stage.",
               {{"stage", name}})
        .set(static_cast<double>(nanoseconds) / kNanosecondsPerSecond);
  };
  stage("validate", stats.validate_ns);
  stage("open", stats.open_ns);
  stage("seal", stats.seal_ns);
  stage("decide", stats.decide_ns);
  stage("write", stats.write_ns);
  stage("commit", stats.commit_ns);
  stage("acknowledge", stats.acknowledge_ns);
  registry_.gauge("dermaga_core_order_batches", "Committed batches since start.")
      .set(static_cast<double>(stats.batches));
  registry_.gauge("dermaga_core_orders_inside", "Orders in the pipeline now.")
      .set(static_cast<double>(stats.inside));
  registry_
      .gauge("dermaga_core_capacity_orders_per_second",
             "Orders per second that core can take, estimated from recent batches; 0: not known.")
      .set(shop_->orders().orders_per_second());
}

}  // namespace dermaga::core
