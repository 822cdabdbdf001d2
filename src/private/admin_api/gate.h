#pragma once

#include <optional>
#include <string>

#include "call.h"

namespace dermaga::admin_api {

// Who may pass to a route: the one place that decides it. Deny by default.
class Gate {
 public:
  Gate(Desk& desk, const std::string& url);

  // The refusal, or nothing; then `call.caller` is whoever asks, where the route wants somebody.
  std::optional<http::Response> check(const Route& route, Call& call) const;
  // Somebody known was refused for want of a right: into the audit log.
  void record_denied(const Route& route, const Call& call) const;

 private:
  std::optional<http::Response> check_origin(const Call& call) const;
  std::optional<http::Response> check_caller(const Route& route, Call& call) const;

  Desk& desk_;
  std::string origin_;
  std::string host_;  // with its port, as browsers write it
};

}  // namespace dermaga::admin_api
