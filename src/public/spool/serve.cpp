#include "serve.h"

#include <csignal>

#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

#include "core_door.h"
#include "files/files.h"
#include "internal_pages.h"
#include "log/log.h"
#include "pki/pki.h"
#include "random/random.h"
#include "spool_end/server.h"
#include "spool_log/disk.h"

namespace dermaga::spool {
namespace {

constexpr int kLinkOffset = 5;
constexpr int kInternalOffset = 10;
constexpr std::uint64_t kCertificateBytesMax = 64 * 1024;
constexpr std::uint64_t kNumberBytesMax = 16;
constexpr std::uint64_t kMib = 1024 * 1024;
constexpr auto kStopPatience = std::chrono::seconds(3);
constexpr auto kTellDrainEvery = std::chrono::seconds(10);
constexpr auto kDeliverTimeout = std::chrono::seconds(30);
constexpr timespec kTick{.tv_sec = 0, .tv_nsec = 500'000'000};

sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// The shop's id, from the role in the certificate: "dermaga://<shop>/public/spool".
Result<std::string> shop_of(const std::string& certificate_file) {
  auto pem = files::read_file(certificate_file, kCertificateBytesMax);
  if (!pem) {
    return make_error(pem.error().code(),
                      pem.error().message() + "; make certificates with: dermaga-core init");
  }
  ASSIGN_OR_RETURN(const auto info, pki::read_certificate(*pem));
  constexpr std::string_view kScheme = "dermaga://";
  constexpr std::string_view kRole = "/public/spool";
  for (const std::string& uri : info.uris) {
    if (uri.starts_with(kScheme) && uri.ends_with(kRole) &&
        uri.size() > kScheme.size() + kRole.size()) {
      return uri.substr(kScheme.size(), uri.size() - kScheme.size() - kRole.size());
    }
  }
  return make_error(
      ErrorCode::kInvalidArgument,
      certificate_file + " is not the certificate of a spool (no role " + std::string(kRole) + ")");
}

class Spool {
 public:
  explicit Spool(const ServeOptions& options) : options_(options) {}

  Status start() {
    RETURN_IF_ERROR(files::make_directories(options_.data, 0700));
    ASSIGN_OR_RETURN(auto lock, files::LockFile::acquire(options_.data + "/spool.lock"));
    lock_ = std::make_unique<files::LockFile>(std::move(lock));
    ASSIGN_OR_RETURN(const std::string shop, shop_of(pki("spool.crt")));
    RETURN_IF_ERROR(open_ledger());
    RETURN_IF_ERROR(start_internal_pages());
    RETURN_IF_ERROR(start_server(shop));
    RETURN_IF_ERROR(start_courier(shop));
    pages_->set_ready(true);
    return {};
  }

  // True where it was emptied, false after a signal.
  bool run(const sigset_t& signals) {
    while (true) {
      const int signal = sigtimedwait(&signals, nullptr, &kTick);
      if (signal == SIGTERM || signal == SIGINT) {
        return false;
      }
      if (signal == SIGHUP) {
        log::reopen();
      }
      if (options_.drain) {
        if (left_to_drain().empty()) {
          return true;
        }
        tell_drain();
      }
    }
  }

  // What keeps a spool that is being drained from being taken away, for people; empty: nothing.
  std::string left_to_drain() const {
    const auto orders = keeper_->stats().orders;
    if (orders > 0) {
      return std::to_string(orders) + " orders are still to be delivered";
    }
    if (options_.leases && !courier_->gave_lease_back()) {
      return "core has not taken its stock lease back yet";
    }
    return {};
  }

  void stop() {
    pages_->set_ready(false);
    server_->stop(kStopPatience);
    courier_.reset();
    internal_->drain(std::chrono::milliseconds(100));
    log::info("spool_stopped", {{"undelivered_orders", keeper_->stats().orders}});
  }

 private:
  void tell_drain() {
    const SteadyTime now = system_clock().steady_now();
    if (now >= tell_drain_at_) {
      tell_drain_at_ = now + kTellDrainEvery;
      std::cerr << "dermaga-spool: draining; " << left_to_drain() << "\n";
    }
  }

  std::string pki(const char* name) const { return options_.data + "/pki/" + name; }
  std::string port(int offset) const { return std::to_string(options_.port_base + offset); }

  // Edges count their copies by spool: one folder must not answer for two.
  Status keep_number() const {
    const std::string file = options_.data + "/number";
    const std::string ours = std::to_string(options_.number) + "\n";
    const auto kept = files::read_file(file, kNumberBytesMax);
    if (!kept.has_value() && kept.error().code() == ErrorCode::kNotFound) {
      return files::write_file_atomically(file, ours, 0600);
    }
    if (!kept.has_value()) {
      return std::unexpected(kept.error());
    }
    return *kept == ours ? Status()
                         : make_error(ErrorCode::kInvalidArgument,
                                      options_.data + " is the folder of spool " +
                                          kept->substr(0, kept->find('\n')) +
                                          ": give --number accordingly, or another --data");
  }

  Status open_ledger() {
    const std::string folder = options_.data + "/orders";
    RETURN_IF_ERROR(files::make_directories(folder, 0700));
    RETURN_IF_ERROR(keep_number());
    ASSIGN_OR_RETURN(disk_, spool_log::open_folder(folder));
    spool_ledger::LedgerOptions ledger;
    ledger.spool_id = "spool-" + std::to_string(options_.number);
    ledger.log.orders_max = options_.orders_max;
    ledger.log.bytes_max = options_.log_mib_max * kMib;
    ledger.log.free_bytes_min = options_.free_mib_min * kMib;
    ASSIGN_OR_RETURN(auto opened,
                     spool_ledger::Ledger::open(*disk_, system_random(), system_clock(), ledger));
    log::info("spool_opened", {{"undelivered_orders", opened->stats().orders},
                               {"log_id", opened->log_id()},
                               {"torn_bytes", static_cast<std::int64_t>(opened->torn_bytes())}});
    keeper_ = std::make_shared<spool_node::Keeper>(
        std::move(opened), system_clock(),
        spool_node::KeeperOptions{.draining = options_.drain,
                                  .on_disk_failed = log::stop_process,
                                  .registry = &registry_});
    return {};
  }

  Status start_internal_pages() {
    pages_ = std::make_shared<InternalPages>(registry_, *keeper_);
    http::ServerOptions internal;
    internal.listeners = {{.address = "127.0.0.1",
                           .port = static_cast<std::uint16_t>(options_.port_base + kInternalOffset +
                                                              options_.number)}};
    ASSIGN_OR_RETURN(internal_, http::Server::start(std::move(internal), pages_));
    return {};
  }

  Status start_server(const std::string& shop) {
    serving::ServerOptions server;
    const bool is_v6 = options_.bind.contains(':');
    server.address = (is_v6 ? "[" + options_.bind + "]" : options_.bind) + ":" +
                     port(kLinkOffset + options_.number);
    server.shop_id = shop;
    server.ca_file = pki("ca.crt");
    server.certificate_file = pki("spool.crt");
    server.private_key_file = pki("spool.key");
    server.registry = &registry_;
    ASSIGN_OR_RETURN(server_, spool_end::SpoolServer::start(std::move(server), keeper_));
    return {};
  }

  Status start_courier(const std::string& shop) {
    dialing::CallerOptions core;
    core.connection = {
        .target = options_.core.empty() ? "127.0.0.1:" + port(kLinkOffset) : options_.core,
        .server_name = "core." + shop,
        .call_timeout = kDeliverTimeout};
    core.credentials = {.ca_file = pki("ca.crt"),
                        .certificate_file = pki("spool.crt"),
                        .private_key_file = pki("spool.key"),
                        .role_uri = "dermaga://" + shop + "/public/spool"};
    core.renews = true;
    core.registry = &registry_;
    ASSIGN_OR_RETURN(auto client, spool_end::CoreClient::start(core));
    core_ = std::make_unique<CoreDoor>(std::move(client));
    courier_ = std::make_unique<spool_node::Courier>(
        *keeper_, *core_, system_clock(), system_random(),
        spool_node::CourierOptions{.leases = options_.leases, .registry = &registry_});
    return {};
  }

  const ServeOptions& options_;
  metrics::Registry registry_;
  SteadyTime tell_drain_at_;
  std::unique_ptr<files::LockFile> lock_;
  std::unique_ptr<spool_log::Disk> disk_;
  std::shared_ptr<spool_node::Keeper> keeper_;
  std::shared_ptr<InternalPages> pages_;
  std::unique_ptr<http::Server> internal_;
  std::unique_ptr<spool_end::SpoolServer> server_;
  std::unique_ptr<CoreDoor> core_;
  std::unique_ptr<spool_node::Courier> courier_;
};

Status start_log(const ServeOptions& options) {
  if (options.log_to_stderr) {
    return log::start("dermaga-spool", "-", log::Level::kInfo);
  }
  RETURN_IF_ERROR(files::make_directories(options.data + "/log", 0700));
  return log::start("dermaga-spool", options.data + "/log/spool.log", log::Level::kInfo);
}

int fail(const Error& error) {
  std::cerr << "dermaga-spool: " << error.message() << "\n";
  return 1;
}

}  // namespace

int serve(const ServeOptions& options) {
  // Before anything is made there: it may be the wrong folder.
  const auto has_certificate = files::exists(options.data + "/pki/spool.crt");
  if (!has_certificate.has_value()) {
    return fail(has_certificate.error());
  }
  if (!*has_certificate) {
    return fail(Error(ErrorCode::kNotFound,
                      options.data + "/pki/spool.crt is missing: dermaga-core init --spools N "
                                     "makes a spool's folder with its certificate"));
  }
  const sigset_t signals = block_stop_signals();
  if (const Status logging = start_log(options); !logging) {
    return fail(logging.error());
  }
  Spool spool(options);
  if (const Status started = spool.start(); !started) {
    log::error("spool_not_started", {{"message", started.error().message()}});
    return fail(started.error());
  }
  log::info(
      "spool_started",
      {{"number", options.number}, {"port_base", options.port_base}, {"version", DERMAGA_VERSION}});
  const bool emptied = spool.run(signals);
  log::info(emptied ? "spool_emptied" : "spool_stopping");
  const std::string left = options.drain ? spool.left_to_drain() : "";
  spool.stop();
  if (!left.empty()) {
    std::cerr << "dermaga-spool: stopped before it was drained: " << left << "\n";
    return 1;
  }
  return 0;
}

}  // namespace dermaga::spool
