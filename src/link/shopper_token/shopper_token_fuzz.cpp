#include <cstddef>
#include <cstdint>
#include <string_view>

#include "shopper_token/shopper_token.h"

// The payload is signed by nobody here, so nothing may ever be taken.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dermaga;
  static const shopper_token::Verifier verifier(std::string(32, 'k'), "toko");
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  CHECK(!verifier.verify(token, from_unix_ms(1'795'000'000'000)).has_value());
  return 0;
}
