#include "raw_client.h"

#include <arpa/inet.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "files/files.h"
#include "transport/transport.h"

namespace dermaga::link_test {

namespace {

std::string read(const std::string& path) {
  return files::read_file(path, 1 << 20).value();
}

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;

Context make_context(const TlsAttempt& attempt) {
  Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  CHECK(SSL_CTX_set_min_proto_version(context.get(), attempt.version_min) == 1);
  CHECK(SSL_CTX_set_max_proto_version(context.get(), attempt.version_max) == 1);
  CHECK(SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0") == 1);
  CHECK(SSL_CTX_load_verify_locations(context.get(), attempt.ca_file.c_str(), nullptr) == 1);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!attempt.certificate.empty()) {
    CHECK(SSL_CTX_use_certificate_chain_file(context.get(),
                                             (attempt.certificate + ".crt").c_str()) == 1);
    CHECK(SSL_CTX_use_PrivateKey_file(context.get(), (attempt.certificate + ".key").c_str(),
                                      SSL_FILETYPE_PEM) == 1);
  }
  constexpr unsigned char kProtocols[] = {2, 'h', '2'};
  CHECK(SSL_CTX_set_alpn_protos(context.get(), kProtocols, sizeof kProtocols) == 0);
  return context;
}

int connect_to(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(descriptor >= 0);
  const timeval timeout{.tv_sec = 5, .tv_usec = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return descriptor;
}

std::string serial_of(SSL* connection) {
  X509* certificate = SSL_get1_peer_certificate(connection);
  if (certificate == nullptr) {
    return {};
  }
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), nullptr);
  char* hex = BN_bn2hex(number);
  std::string serial = hex;
  OPENSSL_free(hex);
  BN_free(number);
  X509_free(certificate);
  return serial;
}

}  // namespace

RawClient::RawClient(int port, const std::string& ca_file, const std::string& certificate) {
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("core.toko");
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ = grpc::CreateCustomChannel(
      "127.0.0.1:" + std::to_string(port),
      grpc::SslCredentials({.pem_root_certs = read(ca_file),
                            .pem_private_key = read(certificate + ".key"),
                            .pem_cert_chain = read(certificate + ".crt")}),
      arguments);
}

grpc::Status RawClient::call(const std::string& method, const std::string& bytes,
                             std::chrono::milliseconds timeout) const {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  transport::put_bytes(bytes, &request);
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, {}, &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

TlsResult try_tls(const TlsAttempt& attempt) {
  signal(SIGPIPE, SIG_IGN);  // a refused handshake closes under our write
  const Context context = make_context(attempt);
  const Connection connection(SSL_new(context.get()), SSL_free);
  const int descriptor = connect_to(attempt.port);
  SSL_set_fd(connection.get(), descriptor);
  SSL_set_tlsext_host_name(connection.get(), "core.toko");
  TlsResult result;
  if (SSL_connect(connection.get()) == 1) {
    result.version = SSL_version(connection.get());
    result.server_serial = serial_of(connection.get());
    // In TLS 1.3 the client is done before the server has judged its certificate.
    constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
    SSL_write(connection.get(), kPreface, 33);
    char byte = 0;
    result.accepted = SSL_read(connection.get(), &byte, 1) == 1;
  }
  close(descriptor);
  return result;
}

}  // namespace dermaga::link_test
