#include "serve.h"

#include <csignal>

#include <chrono>
#include <iostream>
#include <memory>

#include "admin/admin_socket.h"
#include "admin_api/admin_api.h"
#include "commands/commands.h"
#include "core_end/core_end.h"
#include "http/server.h"
#include "internal_pages.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "shop/shop.h"

namespace dermaga::core {

namespace {

constexpr auto kStopPatience = std::chrono::seconds(3);
// Passkey attestations are the largest bodies.
constexpr std::size_t kAdminBodyBytesMax = std::size_t{128} * 1024;
constexpr std::size_t kAdminConnectionsMax = 500;
// Recomputing a long audit log takes minutes; one at a time.
constexpr std::chrono::seconds kAdminAnswerTimeout{600};
constexpr auto kTick = std::chrono::seconds(1);
constexpr auto kAuditCheckpointEvery = std::chrono::minutes(1);
constexpr auto kCertificateCheckEvery = std::chrono::hours(6);

// Blocks the stop signals in every thread started from here on, so that only the main loop takes
// them, with sigtimedwait.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

Result<std::unique_ptr<http::Server>> start_internal_pages(const ServeOptions& options,
                                                           std::shared_ptr<InternalPages> pages) {
  http::ServerOptions server;
  server.listeners = {{.address = "127.0.0.1", .port = options.internal_port}};
  return http::Server::start(std::move(server), std::move(pages));
}

// The private HTTPS port: the admin API and its console.
Result<std::unique_ptr<http::Server>> start_console(const ServeOptions& options,
                                                    const std::shared_ptr<shop::Shop>& shop,
                                                    metrics::Registry& registry) {
  const auto volume = files::volume_encryption(options.paths.private_folder);
  ASSIGN_OR_RETURN(auto api, admin_api::AdminApi::create(
                                 shop, {.url = options.config.admin_url,
                                        .assets_folder = options.console_folder,
                                        .private_volume = std::string(files::name(volume)),
                                        .version = DERMAGA_VERSION,
                                        .registry = &registry}));
  http::ServerOptions server;
  server.listeners = {{.address = options.admin_address, .port = options.admin_port, .tls = true}};
  server.certificate_file = options.paths.pki + "/admin-https.crt";
  server.private_key_file = options.paths.pki + "/admin-https.key";
  server.body_bytes_max = kAdminBodyBytesMax;
  server.connections_max = kAdminConnectionsMax;
  server.answer_timeout = kAdminAnswerTimeout;
  return http::Server::start(std::move(server), std::move(api));
}

// Everything that runs while core serves; stopped in the reverse order.
struct Running {
  std::shared_ptr<shop::Shop> shop;
  std::shared_ptr<InternalPages> pages;
  std::unique_ptr<http::Server> internal;
  std::unique_ptr<core_end::LinkServer> link;
  std::unique_ptr<admin::Server> admin;
  std::unique_ptr<http::Server> console;
};

Result<Running> start(const ServeOptions& options, metrics::Registry& registry) {
  Running running;
  running.pages = std::make_shared<InternalPages>(
      registry, files::volume_encryption(options.paths.private_folder));
  ASSIGN_OR_RETURN(running.internal, start_internal_pages(options, running.pages));
  ASSIGN_OR_RETURN(running.shop, shop::Shop::open(options.paths, options.config, system_clock(),
                                                  system_random(), &registry));
  RETURN_IF_ERROR(shop::ensure_certificates(
      options.paths, options.config, *running.shop->foundation().authority, options.programs));
  core_end::LinkServerOptions link;
  link.address = options.link_address + ":" + std::to_string(options.link_port);
  link.shop_id = options.config.id;
  link.ca_file = options.paths.pki + "/ca.crt";
  link.certificate_file = options.paths.pki + "/core.crt";
  link.private_key_file = options.paths.pki + "/core.key";
  link.registry = &registry;
  link.revoked = running.shop->revoked();
  ASSIGN_OR_RETURN(running.link, core_end::LinkServer::start(link, running.shop, running.shop));
  ASSIGN_OR_RETURN(running.admin,
                   admin::Server::start(
                       options.paths.socket,
                       [shop = running.shop](const auto& words, const auto& user, auto& output) {
                         return commands::run(*shop, words, commands::host_actor(user), output);
                       }));
  ASSIGN_OR_RETURN(running.console, start_console(options, running.shop, registry));
  running.pages->observe(running.shop);
  if (options.config.probe_interval_seconds > 0) {
    running.shop->storefront_watch().start();
  }
  return running;
}

// The once-a-second work of the main thread; ends at a stop signal.
void run_until_stopped(const ServeOptions& options, Running& running, const sigset_t& signals) {
  auto next_certificate_check = std::chrono::steady_clock::now() + kCertificateCheckEvery;
  auto next_checkpoint = std::chrono::steady_clock::now();
  const timespec tick{.tv_sec = kTick.count(), .tv_nsec = 0};
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &tick);
    if (signal == SIGHUP) {
      log::reopen();
    } else if (signal > 0) {
      return;
    }
    running.shop->follow();
    running.shop->export_audit_log();
    running.shop->retention().run_due();
    running.shop->index_customers();
    if (std::chrono::steady_clock::now() >= next_checkpoint) {
      next_checkpoint += kAuditCheckpointEvery;
      running.shop->expire_approvals();
      running.shop->checkpoint_audit_log();
    }
    if (std::chrono::steady_clock::now() >= next_certificate_check) {
      next_certificate_check += kCertificateCheckEvery;
      const auto status = shop::ensure_certificates(options.paths, options.config,
                                                    *running.shop->foundation().authority, {});
      if (!status.has_value()) {
        log::error("certificate_renewal_failed", {{"reason", status.error().message()}});
      }
      if (const Status renewed = running.console->reload_certificate(); !renewed.has_value()) {
        log::error("admin_certificate_not_reloaded", {{"reason", renewed.error().message()}});
      }
    }
  }
}

}  // namespace

int serve(const ServeOptions& options) {
  const sigset_t signals = block_stop_signals();
  metrics::Registry registry;
  auto running = start(options, registry);
  if (!running.has_value()) {
    std::cerr << "dermaga-core: " << running.error().message() << "\n";
    return 1;
  }
  const auto log_status = log::start(
      "dermaga-core", options.log_to_stderr ? "-" : options.paths.log, log::Level::kInfo);
  if (!log_status.has_value()) {
    std::cerr << "dermaga-core: " << log_status.error().message() << "\n";
    return 1;
  }
  running->pages->set_ready(true);
  log::info("core_started", {{"link_port", running->link->port()}, {"version", DERMAGA_VERSION}});

  run_until_stopped(options, *running, signals);

  log::info("core_stopping");
  running->shop->storefront_watch().end();  // what it asked for last may take seconds
  running->pages->set_ready(false);
  running->console->drain(std::chrono::milliseconds(200));
  running->link->stop(kStopPatience);
  running->admin.reset();
  running->shop->export_audit_log();
  running->shop->checkpoint_audit_log();
  running->internal->drain(std::chrono::milliseconds(200));
  running->pages->observe(nullptr);
  running->console.reset();
  running->link.reset();
  running->shop.reset();
  return 0;
}

}  // namespace dermaga::core
