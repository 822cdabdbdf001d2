#pragma once

#include <string>
#include <vector>

#include "http/client.h"
#include "money/money.h"
#include "options.h"
#include "result/result.h"
#include "sealing/sealing.h"

namespace dermaga::buyer {

struct Variant {
  std::string id;
  std::string sku;
  std::string title;
};

// What one order costs and how it travels.
struct Terms {
  std::string quote_id;
  std::string shipping_method;
  Money total;
};

struct OrderState {
  std::string status;
  std::string payment_status;
  std::string payment_action;  // "challenge" or empty
  std::string cancel_reason;
};

// The store API as a shopper's program uses it. One connection; one thread at a time.
class Shop {
 public:
  explicit Shop(const Options& options);

  // The current key that the shop publishes.
  Result<sealing::PublicKey> sealing_key();
  Result<Variant> find_variant();
  Result<Terms> terms(const Variant& variant);
  Result<OrderState> order_state(const std::string& order_id, const std::string& access_token);
  // A sealed call; the answer is still sealed. kForbidden with the problem's code when refused.
  Result<std::string> sealed_call(const std::string& box);

 private:
  Result<std::string> request(std::string_view method, const std::string& target,
                              const std::vector<http::Header>& headers = {},
                              std::string_view body = {});
  Result<std::string> quote(const Variant& variant, const std::string& shipping_method);

  const Options& options_;
  http::Client client_;
};

http::ClientOptions client_options(const Options& options);

// The "code" member of a problem response, or "http_<status>" where there is none.
std::string problem_code(const http::ClientResponse& response);

}  // namespace dermaga::buyer
