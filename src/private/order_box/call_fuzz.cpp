#include <cstddef>
#include <cstdint>
#include <string_view>

#include "call_text.h"

// Whoever seals a box chooses its text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dermaga;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = order_box::read_call_text(text, from_unix_ms(1'795'000'000'000));
  if (const auto* call = std::get_if<order_box::OpenedCall>(&read)) {
    CHECK(!call->nonce.empty() && call->reply_key.point.x.size() == 32);
  }
  return 0;
}
