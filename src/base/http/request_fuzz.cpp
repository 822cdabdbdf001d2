#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "request_parser.h"

// The same bytes must be judged alike whether they arrive at once or in two pieces, and every view
// must lie inside them.
namespace {

using dermaga::http::RequestParser;

constexpr dermaga::http::ParseLimits kLimits{.header_bytes_max = 512, .body_bytes_max = 256};

void check(bool condition) {
  if (!condition) {
    std::abort();
  }
}

void check_views(const RequestParser& parser, dermaga::http::Request& request,
                 std::string_view bytes) {
  check(parser.size() <= bytes.size());
  check(request.body.size() <= kLimits.body_bytes_max);
  check(request.target.data() >= bytes.data() &&
        request.target.data() + request.target.size() <= bytes.data() + bytes.size());
  for (const auto& [name, value] : request.headers) {
    check(name.data() >= bytes.data() && name.size() + value.size() <= kLimits.header_bytes_max);
    for (const char c : value) {
      check(c != '\r' && c != '\n' && c != '\0');
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) {
    return 0;
  }
  const std::size_t split = data[0] < size ? data[0] : size - 1;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  RequestParser whole(kLimits);
  const auto at_once = whole.advance(bytes);
  if (at_once == RequestParser::State::kComplete) {
    check_views(whole, whole.request(), bytes);
  }
  RequestParser pieces(kLimits);
  const std::string first = bytes.substr(0, split);
  auto state = pieces.advance(first);
  if (state == RequestParser::State::kNeedMore) {
    state = pieces.advance(bytes);
  }
  check(state == at_once);
  if (state == RequestParser::State::kComplete) {
    check_views(pieces, pieces.request(), split >= pieces.size() ? first : bytes);
    check(pieces.size() == whole.size() && pieces.request().body == whole.request().body);
  }
  return 0;
}
