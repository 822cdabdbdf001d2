#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "contract/order.h"
#include "money/money.h"
#include "pricing/pricing.h"
#include "result/result.h"

namespace dermaga::store_api {

inline constexpr std::size_t kSealedOrderBytesMax = 16 * 1024;
inline constexpr std::size_t kSealedCallBytesMax = 32 * 1024;
inline constexpr std::size_t kQuoteTokenBytesMax = 24 * 1024;

// Why a body is refused, with the code and status of the problem response. Details name places in
// the body, never values from it.
struct BodyRefusal {
  int status = 400;
  std::string code;
  std::string detail;
};

struct OrderBody {
  std::vector<contract::OrderLine> lines;
  pricing::Destination destination;
  std::string shipping_method;
  std::string coupon;
  Money total;
  std::string quote;
  std::string sealed;
};

// Bodies of POST /orders and POST /quotes. Unknown members, wrong types, values out of their bounds
// and a variant that is there twice are refused; whether variants exist is not looked at.
std::variant<OrderBody, BodyRefusal> parse_order(std::string_view body);
std::variant<pricing::Basket, BodyRefusal> parse_quote(std::string_view body);

// Five base64url parts of which the second (the encrypted key of ECDH-ES) is empty.
bool looks_like_compact_jwe(std::string_view text);

// 1 to 255 visible ASCII characters.
bool is_idempotency_key(std::string_view text);

}  // namespace dermaga::store_api
