#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

namespace dermaga::link_test {

// A gRPC caller without the manners of edge_end: any bytes, to any method, with any certificate.
class RawClient {
 public:
  // `certificate`: path without ".crt" and ".key".
  RawClient(int port, const std::string& ca_file, const std::string& certificate);
  // One message to the method; the status, DEADLINE_EXCEEDED where a stream stays open.
  grpc::Status call(const std::string& method, const std::string& bytes,
                    std::chrono::milliseconds timeout = std::chrono::seconds(5)) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

// OpenSSL's own client. `certificate` empty: none is shown.
struct TlsAttempt {
  int port = 0;
  std::string ca_file;
  std::string certificate;
  int version_min = TLS1_3_VERSION;
  int version_max = TLS1_3_VERSION;
};
struct TlsResult {
  bool accepted = false;      // the server sent its HTTP/2 settings
  int version = 0;            // where the handshake got so far
  std::string server_serial;  // of its certificate
};
TlsResult try_tls(const TlsAttempt& attempt);

}  // namespace dermaga::link_test
