#include "serve.h"

#include <csignal>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "clock/clock.h"
#include "edge_end/edge_end.h"
#include "edge_node/node.h"
#include "files/files.h"
#include "http/server.h"
#include "link_adapter.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "pki/pki.h"
#include "random/random.h"
#include "spools.h"
#include "storefront/storefront.h"
#include "witness/witness.h"

namespace dermaga::edge {
namespace {

constexpr int kHttpsOffset = 3;
constexpr int kLinkOffset = 5;
constexpr int kInternalOffset = 20;
constexpr std::uint64_t kCertificateBytesMax = 64 * 1024;
constexpr auto kDrainPatience = std::chrono::seconds(4);
constexpr auto kSpoolTimeout = std::chrono::seconds(4);
constexpr timespec kTick{.tv_sec = 10, .tv_nsec = 0};

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

// The shop's id, from the role in the link certificate: "dermaga://<shop>/public/edge".
Result<std::string> shop_of(const std::string& certificate_file) {
  auto pem = files::read_file(certificate_file, kCertificateBytesMax);
  if (!pem) {
    return make_error(pem.error().code(),
                      pem.error().message() + "; make certificates with: dermaga-core init");
  }
  ASSIGN_OR_RETURN(const auto info, pki::read_certificate(*pem));
  constexpr std::string_view kScheme = "dermaga://";
  constexpr std::string_view kRole = "/public/edge";
  for (const std::string& uri : info.uris) {
    if (uri.starts_with(kScheme) && uri.ends_with(kRole) &&
        uri.size() > kScheme.size() + kRole.size()) {
      return uri.substr(kScheme.size(), uri.size() - kScheme.size() - kRole.size());
    }
  }
  return make_error(
      ErrorCode::kInvalidArgument,
      certificate_file + " is not the certificate of an edge (no role " + std::string(kRole) + ")");
}

std::vector<std::string> bind_addresses(const ServeOptions& options) {
  if (!options.bind.empty()) {
    return options.bind;
  }
  std::vector<std::string> addresses = {"127.0.0.1"};
  const auto interfaces = files::read_file("/proc/net/if_inet6", 64 * 1024);
  if (interfaces && interfaces->find("00000000000000000000000000000001 ") != std::string::npos) {
    addresses.emplace_back("::1");
  }
  return addresses;
}

class Edge {
 public:
  explicit Edge(const ServeOptions& options) : options_(options) {}

  ~Edge() { stop_links(); }

  Status start() {
    RETURN_IF_ERROR(files::make_directories(options_.data, 0700));
    ASSIGN_OR_RETURN(auto lock, files::LockFile::acquire(options_.data + "/edge.lock"));
    lock_ = std::make_unique<files::LockFile>(std::move(lock));
    ASSIGN_OR_RETURN(const std::string shop, shop_of(pki("edge.crt")));
    ASSIGN_OR_RETURN(storefront_,
                     storefront::Storefront::create(
                         {.assets_folder = options_.assets, .public_url = options_.public_url}));
    RETURN_IF_ERROR(start_spools(shop));
    ASSIGN_OR_RETURN(node_,
                     edge_node::Node::open({.data_folder = options_.data,
                                            .assets_folder = options_.assets,
                                            .access_log = options_.access_log,
                                            .log_addresses = options_.access_log_addresses,
                                            .api = {.spool = spools_.get(), .registry = &registry_},
                                            .registry = &registry_},
                                           link_adapter_, *storefront_, system_clock()));
    RETURN_IF_ERROR(start_servers());
    RETURN_IF_ERROR(start_link(shop));
    node_->set_listening(true);
    return {};
  }

  void run(const sigset_t& signals) {
    while (true) {
      const int signal = sigtimedwait(&signals, nullptr, &kTick);
      if (signal == SIGTERM || signal == SIGINT) {
        return;
      }
      if (signal == SIGHUP) {
        log::reopen();
      }
      reload_certificate_if_changed();
    }
  }

  void stop() {
    node_->set_listening(false);
    public_->drain(kDrainPatience);
    stop_links();
    internal_->drain(std::chrono::milliseconds(100));
  }

 private:
  // Core's link first: what it fails may still go to the spools.
  void stop_links() {
    link_adapter_.set(nullptr);
    link_.reset();
    witness_.reset();
    spools_.reset();
  }

  std::string pki(const char* name) const { return options_.data + "/pki/" + name; }

  Status start_servers() {
    http::ServerOptions server;
    const auto port = [&](int offset) {
      return static_cast<std::uint16_t>(options_.port_base + offset);
    };
    server.listeners = {{.address = "127.0.0.1", .port = port(0), .reuse_port = true}};
    for (const std::string& address : bind_addresses(options_)) {
      server.listeners.push_back(
          {.address = address, .port = port(kHttpsOffset), .tls = true, .reuse_port = true});
    }
    server.certificate_file = pki("edge-https.crt");
    server.private_key_file = pki("edge-https.key");
    server.threads =
        options_.threads > 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    server.registry = &registry_;
    certificate_time_ = certificate_time();
    ASSIGN_OR_RETURN(public_, http::Server::start(std::move(server), node_->public_handler()));

    http::ServerOptions internal;
    internal.listeners = {
        {.address = "127.0.0.1", .port = port(kInternalOffset + options_.number)}};
    ASSIGN_OR_RETURN(internal_,
                     http::Server::start(std::move(internal), node_->internal_handler()));
    return {};
  }

  edge_end::LinkOptions link_options(const std::string& shop) {
    edge_end::LinkOptions link;
    link.target = options_.core.empty()
                      ? "127.0.0.1:" + std::to_string(options_.port_base + kLinkOffset)
                      : options_.core;
    link.server_name = "core." + shop;
    link.ca_file = pki("ca.crt");
    link.certificate_file = pki("edge.crt");
    link.private_key_file = pki("edge.key");
    link.role_uri = "dermaga://" + shop + "/public/edge";
    link.registry = &registry_;
    return link;
  }

  // The link renews the certificate that these calls use too.
  Status start_spools(const std::string& shop) {
    std::vector<spool_group::NamedSpool> spools;
    for (const std::string& text : options_.spools) {
      ASSIGN_OR_RETURN(const SpoolAddress address, parse_spool(text));
      dialing::CallerOptions caller;
      caller.connection = {
          .target = address.target, .server_name = "spool." + shop, .call_timeout = kSpoolTimeout};
      caller.credentials = {.ca_file = pki("ca.crt"),
                            .certificate_file = pki("edge.crt"),
                            .private_key_file = pki("edge.key"),
                            .role_uri = "dermaga://" + shop + "/public/edge"};
      ASSIGN_OR_RETURN(auto client, spool_end::SpoolClient::start(caller));
      spools.push_back({address.name, std::make_shared<LinkedSpool>(std::move(client))});
    }
    if (spools.empty()) {
      return {};
    }
    const std::size_t copies = options_.spool_copies > 0
                                   ? static_cast<std::size_t>(options_.spool_copies)
                                   : spools.size() / 2 + 1;
    ASSIGN_OR_RETURN(spools_, spool_group::SpoolGroup::create(
                                  std::move(spools), {.copies = copies, .registry = &registry_}));
    return {};
  }

  Status start_link(const std::string& shop) {
    witness_ =
        witness::Witness::start({.file = options_.data + "/audit-witness.json",
                                 .every = std::chrono::seconds(options_.audit_witness_seconds),
                                 .registry = &registry_},
                                link_adapter_, system_random());
    ASSIGN_OR_RETURN(auto started,
                     edge_end::Link::start(link_options(shop), node_->loaded_version(),
                                           std::make_shared<NodeListener>(*node_, *witness_)));
    link_ = std::move(started);
    link_adapter_.set(link_);
    return {};
  }

  std::filesystem::file_time_type certificate_time() const {
    std::error_code ignored;
    return std::filesystem::last_write_time(pki("edge-https.crt"), ignored);
  }

  void reload_certificate_if_changed() {
    const auto time = certificate_time();
    if (time == certificate_time_) {
      return;
    }
    certificate_time_ = time;
    if (const Status reloaded = public_->reload_certificate(); !reloaded) {
      log::error("certificate_not_reloaded", {{"message", reloaded.error().message()}});
    } else {
      log::info("certificate_reloaded");
    }
  }

  const ServeOptions& options_;
  std::unique_ptr<files::LockFile> lock_;
  metrics::Registry registry_;
  LinkAdapter link_adapter_;
  std::unique_ptr<storefront::Storefront> storefront_;
  std::unique_ptr<spool_group::SpoolGroup> spools_;
  std::unique_ptr<edge_node::Node> node_;
  std::unique_ptr<witness::Witness> witness_;
  std::shared_ptr<edge_end::Link> link_;
  std::unique_ptr<http::Server> public_;
  std::unique_ptr<http::Server> internal_;
  std::filesystem::file_time_type certificate_time_;
};

Status start_log(const ServeOptions& options) {
  if (options.log_to_stderr) {
    return log::start("dermaga-edge", "-", log::Level::kInfo);
  }
  RETURN_IF_ERROR(files::make_directories(options.data + "/log", 0700));
  return log::start("dermaga-edge", options.data + "/log/edge.log", log::Level::kInfo);
}

int fail(const Error& error) {
  std::cerr << "dermaga-edge: " << error.message() << "\n";
  return 1;
}

}  // namespace

int serve(const ServeOptions& options) {
  const sigset_t signals = block_stop_signals();
  if (const Status logging = start_log(options); !logging) {
    return fail(logging.error());
  }
  Edge edge(options);
  if (const Status started = edge.start(); !started) {
    log::error("edge_not_started", {{"message", started.error().message()}});
    return fail(started.error());
  }
  log::info("edge_started", {{"port_base", options.port_base}, {"version", DERMAGA_VERSION}});
  edge.run(signals);
  log::info("edge_stopping");
  edge.stop();
  return 0;
}

}  // namespace dermaga::edge
