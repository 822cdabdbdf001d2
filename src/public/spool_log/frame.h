#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dermaga::spool_log {

// The bytes of docs/reference/spool-log.md. Integers are little-endian.

std::uint32_t crc32c(std::string_view bytes);

inline constexpr std::size_t kSegmentHeaderBytes = 36;
inline constexpr std::size_t kFrameHeaderBytes = 24;
inline constexpr std::uint32_t kFrameBytesMax = 64u << 20;

struct SegmentHeader {
  std::string log_id;  // hexadecimal
  std::uint64_t first_sequence = 0;
};
std::string encode_segment_header(const SegmentHeader& header);
// None where the bytes do not begin with a whole header.
std::optional<SegmentHeader> read_segment_header(std::string_view bytes);

// A frame is one batch: what one sync made durable, whole or not at all.
struct Frame {
  std::uint64_t first_sequence = 0;
  std::vector<std::string_view> payloads;  // into the bytes that were read
  std::size_t bytes = 0;                   // of the frame
};
std::string encode_frame(std::uint64_t first_sequence, const std::vector<std::string>& payloads);
// None where the bytes do not begin with a whole, valid frame.
std::optional<Frame> read_frame(std::string_view bytes);
// True where a valid frame begins anywhere in the bytes: what stands before it is no torn tail.
bool holds_frame(std::string_view bytes);

}  // namespace dermaga::spool_log
