#include "tls_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dermaga::http {
namespace {

constexpr unsigned char kAlpnHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

std::unexpected<Error> tls_error(const std::string& what) {
  return make_error(ErrorCode::kInvalidArgument, what + ": " + last_tls_error());
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kAlpnHttp11, sizeof(kAlpnHttp11), in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

SslContext new_context(const SSL_METHOD* method) {
  SslContext context(SSL_CTX_new(method), SSL_CTX_free);
  CHECK(context != nullptr);
  CHECK(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1);
  // Idle connections keep no record buffers, and a write may go on from a copied buffer.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

}  // namespace

std::string last_tls_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return code == 0 ? "the peer closed the connection" : reason != nullptr ? reason : "unknown";
}

Result<SslContext> server_tls_context(const std::string& certificate_file,
                                      const std::string& private_key_file) {
  SslContext context = new_context(TLS_server_method());
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return tls_error("certificate " + certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), private_key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_error("private key " + private_key_file);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return tls_error("private key " + private_key_file + " does not belong to the certificate");
  }
  // Tickets carry the sessions; the server remembers none.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // One system call per record instead of one for its header and one for its body.
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_alpn_select_cb(context.get(), select_alpn, nullptr);
  return context;
}

Result<SslContext> client_tls_context(const std::string& ca_file) {
  SslContext context = new_context(TLS_client_method());
  ERR_clear_error();
  if (ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
      return tls_error("the certificates that this machine trusts");
    }
  } else if (::access(ca_file.c_str(), R_OK) != 0) {
    return make_error(ErrorCode::kInvalidArgument,
                      "CA file " + ca_file + ": " + std::strerror(errno));
  } else if (SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) {
    return tls_error("CA file " + ca_file);
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  CHECK(SSL_CTX_set_alpn_protos(context.get(), kAlpnHttp11, sizeof(kAlpnHttp11)) == 0);
  return context;
}

void TlsContextHolder::set(SslContext context) {
  const std::lock_guard lock(mutex_);
  context_ = std::move(context);
}

SslPointer TlsContextHolder::new_server_session() const {
  SslContext context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  SslPointer ssl(SSL_new(context.get()));
  CHECK(ssl != nullptr);
  SSL_set_accept_state(ssl.get());
  return ssl;
}

SslPointer new_client_session(const SslContext& context, const std::string& host) {
  SslPointer ssl(SSL_new(context.get()));
  CHECK(ssl != nullptr);
  SSL_set_connect_state(ssl.get());
  unsigned char address[16];
  if (inet_pton(AF_INET, host.c_str(), address) == 1 ||
      inet_pton(AF_INET6, host.c_str(), address) == 1) {
    CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) == 1);
  } else {
    CHECK(SSL_set_tlsext_host_name(ssl.get(), host.c_str()) == 1);
    CHECK(SSL_set1_host(ssl.get(), host.c_str()) == 1);
  }
  return ssl;
}

}  // namespace dermaga::http
