#pragma once

#include <openssl/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "result/result.h"
#include "stream.h"

namespace dermaga::http {

using SslContext = std::shared_ptr<SSL_CTX>;

// TLS 1.3 only, ALPN http/1.1. kInvalidArgument names the file that cannot be used.
Result<SslContext> server_tls_context(const std::string& certificate_file,
                                      const std::string& private_key_file);
// Empty: the authorities that this machine trusts.
Result<SslContext> client_tls_context(const std::string& ca_file);

// The server's current context; replaced by a reload while connections keep theirs. Thread-safe.
class TlsContextHolder {
 public:
  void set(SslContext context);
  SslPointer new_server_session() const;

 private:
  mutable std::mutex mutex_;
  SslContext context_;
};

// Why the last TLS call of this thread failed, for messages.
std::string last_tls_error();

// A session that verifies the peer's certificate for `host` (a name or a numeric address).
SslPointer new_client_session(const SslContext& context, const std::string& host);

}  // namespace dermaga::http
