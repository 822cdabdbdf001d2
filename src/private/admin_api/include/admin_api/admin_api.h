#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/server.h"
#include "metrics/metrics.h"
#include "result/result.h"
#include "shop/shop.h"

namespace dermaga::admin_api {

inline constexpr std::string_view kBasePath = "/admin/v1";
inline constexpr std::string_view kSessionCookie = "__Host-dermaga-staff";

struct Options {
  std::string url;            // where staff reach it: "https://localhost:8441"; the only origin
  std::string assets_folder;  // the built console; empty: the API alone
  std::string private_volume = "unknown";  // for the overview
  std::string version;
  unsigned threads = 4;
  std::size_t waiting_max = 200;          // requests; more are told 503
  metrics::Registry* registry = nullptr;  // optional
};

// The admin API and the console's files, for core's private HTTPS port. Requests run on threads of
// its own, so that neither the server's loops nor orders wait for them. Thread-safe.
class AdminApi final : public http::Handler {
 public:
  // kIo, kCorrupt where the console's folder cannot be read.
  static Result<std::shared_ptr<AdminApi>> create(std::shared_ptr<shop::Shop> shop,
                                                  const Options& options);
  ~AdminApi() override;
  void handle(const http::Request& request, http::Responder responder) override;

  // What the server accepts, for the test that walks them all.
  struct RouteInfo {
    http::Method method;
    std::string_view pattern;     // below kBasePath: "/orders/{order_id}"
    std::string_view operation;   // its operationId
    std::string_view permission;  // empty: none is wanted
    bool is_public = false;       // needs nobody signed in
    bool asks_again = false;
  };
  static std::vector<RouteInfo> routes();

 private:
  struct Impl;
  explicit AdminApi(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace dermaga::admin_api
