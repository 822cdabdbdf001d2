#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "metrics/metrics.h"
#include "result/result.h"
#include "serving/call.h"
#include "serving/revoked.h"

namespace dermaga::serving {

// Who is calling: the path after dermaga://<shop>/ in the certificate ("public/edge").
struct Role {
  std::string path;
  std::string uri;
  std::string certificate_pem;  // that the caller came with
};

// What a server answers, by method ("/package.Service/Method"). Filled before the server starts;
// the functions run on gRPC's threads, or on the pool where they may block.
class Methods {
 public:
  using Reply = std::function<void(Result<std::string>)>;
  // Answers one message through `reply`, once, from any thread; must not block.
  using Single = std::function<void(std::string request, const Role& caller, Reply reply)>;
  using Blocking =
      std::function<Result<std::string>(const std::string& request, const Role& caller)>;
  using Stream = std::function<std::shared_ptr<Call>()>;

  void add_single(std::string method, Single answer);
  void add_blocking(std::string method, Blocking answer);
  void add_stream(std::string method, Stream start);

 private:
  friend class Service;
  std::map<std::string, Single, std::less<>> single_;
  std::map<std::string, Blocking, std::less<>> blocking_;
  std::map<std::string, Stream, std::less<>> streams_;
};

struct ServerOptions {
  std::string address;  // "127.0.0.1:8445"
  std::string shop_id;  // roles are dermaga://<shop_id>/…
  std::string ca_file;
  std::string certificate_file;  // reloaded when it changes on disk
  std::string private_key_file;
  std::size_t message_bytes_max = 16 * 1024 * 1024;
  metrics::Registry* registry = nullptr;
  std::shared_ptr<RevokedCertificates> revoked;  // null: none are
};

// TLS 1.3 only, client certificates from the shop's CA; one table says which role may call which
// method (PERMISSION_DENIED otherwise, also for what is not in `methods`). Thread-safe.
// Whoever comes with a revoked certificate may call nothing, and calls of theirs that run when it
// is revoked end once what is in hand has been answered.
class Server {
 public:
  // kAlreadyExists when the port is in use.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Methods methods);
  virtual ~Server() = default;
  virtual int port() const = 0;
  // Refuses new calls, lets what is in hand be answered, then closes.
  virtual void stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace dermaga::serving
