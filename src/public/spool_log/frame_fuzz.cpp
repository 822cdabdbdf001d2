#include <cstdint>
#include <string>

#include "frame.h"
#include "result/result.h"

// What reads as a frame must be written as the same bytes again, and be found in the middle of
// others; nothing may be read beyond the end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dermaga::spool_log;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto header = read_segment_header(bytes)) {
    CHECK(encode_segment_header(*header) == bytes.substr(0, kSegmentHeaderBytes));
  }
  if (const auto frame = read_frame(bytes)) {
    const std::vector<std::string> payloads(frame->payloads.begin(), frame->payloads.end());
    CHECK(encode_frame(frame->first_sequence, payloads) == bytes.substr(0, frame->bytes));
  }
  // The checksum keeps random bytes out of the part behind it: seal them as a writer would.
  const auto sealed = encode_frame(size, {std::string(bytes), std::string(bytes.substr(size / 2))});
  CHECK(read_frame(sealed).has_value());
  CHECK(holds_frame(std::string(bytes) + sealed));
  return 0;
}
