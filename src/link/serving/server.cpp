#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "files/files.h"
#include "log/log.h"
#include "pki/pki.h"
#include "service.h"
#include "serving/server.h"
#include "transport/transport.h"

namespace dermaga::serving {

namespace {

constexpr unsigned kReloadEveryS = 1;
constexpr int kStreamsPerConnectionMax = 64;
constexpr std::size_t kBufferBytesMax = 256 * 1024 * 1024;
constexpr int kConnectionAgeMsMax = 36 * 3'600 * 1'000;
constexpr int kConnectionGraceMs = 60 * 1'000;
constexpr int kHeaderBytesMax = 8 * 1024;
constexpr std::uint64_t kPemBytesMax = 1024 * 1024;

// Says what is wrong with the files now; gRPC would only log it and refuse every handshake.
Status check_files(const ServerOptions& options) {
  ASSIGN_OR_RETURN(const auto ca, files::read_file(options.ca_file, kPemBytesMax));
  ASSIGN_OR_RETURN(const auto certificate,
                   files::read_file(options.certificate_file, kPemBytesMax));
  ASSIGN_OR_RETURN(const auto key, files::read_secret_file(options.private_key_file, kPemBytesMax));
  RETURN_IF_ERROR(pki::read_certificate(ca));
  RETURN_IF_ERROR(pki::read_certificate(certificate));
  if (!pki::key_matches(certificate, key)) {
    return make_error(ErrorCode::kInvalidArgument,
                      options.certificate_file + " does not belong to " + options.private_key_file);
  }
  return {};
}

std::shared_ptr<grpc::ServerCredentials> credentials(const ServerOptions& options) {
  namespace tls = grpc::experimental;
  tls::TlsServerCredentialsOptions tls_options(
      std::make_shared<tls::FileWatcherCertificateProvider>(
          options.private_key_file, options.certificate_file, options.ca_file, kReloadEveryS));
  tls_options.watch_root_certs();
  tls_options.watch_identity_key_cert_pairs();
  tls_options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(tls_options);
}

class ServerImpl final : public Server {
 public:
  ServerImpl(const ServerOptions& options, Methods methods)
      : service_(options, std::move(methods)) {}

  ~ServerImpl() override { stop(std::chrono::milliseconds(0)); }

  Status listen(const ServerOptions& options) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.address, credentials(options), &port_);
    builder.RegisterCallbackGenericService(&service_);
    builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes_max));
    builder.SetMaxSendMessageSize(-1);
    builder.SetResourceQuota(grpc::ResourceQuota("link").Resize(kBufferBytesMax));
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kHeaderBytesMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMsMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionGraceMs);
    for (const auto& [name, value] : transport::keepalive_arguments()) {
      builder.AddChannelArgument(name, value);
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return make_error(ErrorCode::kAlreadyExists,
                        "the link cannot listen on " + options.address +
                            ": the port is in use or the address is not one of this machine");
    }
    return {};
  }

  int port() const override { return port_; }

  void stop(std::chrono::milliseconds patience) override {
    if (server_ == nullptr || stopped_.exchange(true)) {
      return;
    }
    service_.drain();
    server_->Shutdown(std::chrono::system_clock::now() + patience);
  }

 private:
  Service service_;
  int port_ = 0;
  std::atomic<bool> stopped_ = false;
  std::unique_ptr<grpc::Server> server_;  // last: its threads use the service
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Methods methods) {
  transport::require_tls13();
  if (auto checked = check_files(options); !checked.has_value()) {
    return std::unexpected(std::move(checked).error().with_context("link server"));
  }
  auto server = std::make_unique<ServerImpl>(options, std::move(methods));
  RETURN_IF_ERROR(server->listen(options));
  log::info("link_listening", {{"address", options.address}, {"port", server->port()}});
  return server;
}

}  // namespace dermaga::serving
