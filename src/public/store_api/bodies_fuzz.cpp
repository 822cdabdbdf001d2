#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bodies.h"

// Whatever the bytes: an order, a basket or a refusal with a code; never a crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dermaga::store_api;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto order = parse_order(body);
  if (const auto* refusal = std::get_if<BodyRefusal>(&order)) {
    CHECK(!refusal->code.empty() && refusal->status >= 400);
  }
  const auto quote = parse_quote(body);
  if (const auto* basket = std::get_if<dermaga::pricing::Basket>(&quote)) {
    CHECK(!basket->lines.empty());
  }
  return 0;
}
