#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "encoding/encoding.h"
#include "result/result.h"
#include "sealing/jwe.h"
#include "unsealing/unsealing.h"

// The input is a compact JWE, or (first byte even) the header's JSON text with a good rest, so that
// the scanner behind base64url is reached at once. Nothing that was not sealed may open.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dermaga;
  static const unsealing::Opener opener = unsealing::Opener::generate().value();
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) {
    return 0;
  }
  const bool header_only = (input.front() & 1) == 0;
  input.remove_prefix(1);
  const std::string jwe =
      header_only ? encoding::base64url(input) + "..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"
                  : std::string(input);
  if (const auto box = sealing::take_apart(jwe); box.has_value()) {
    CHECK(box->iv.size() == sealing::kIvBytes && box->tag.size() == sealing::kTagBytes);
    CHECK(box->ephemeral.x.size() == sealing::kCoordinateBytes);
  }
  CHECK(!opener.open(jwe).has_value());
  return 0;
}
