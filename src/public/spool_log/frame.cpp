#include "frame.h"

#include <boost/crc.hpp>

#include "encoding/encoding.h"

namespace dermaga::spool_log {

namespace {

constexpr std::string_view kSegmentMagic = "dmspool1";
constexpr std::string_view kFrameMagic = "\xd5\x1f\xf0\x8c";  // no UTF-8 text contains it
constexpr std::size_t kLogIdBytes = 16;
constexpr std::size_t kLengthAt = 4;
constexpr std::size_t kCrcAt = 8;
constexpr std::size_t kCheckedFrom = 12;  // the first sequence, the count and the payloads

template <typename Number>
void put(std::string* out, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out->push_back(static_cast<char>(value >> (8 * i)));
  }
}

template <typename Number>
Number get(std::string_view bytes, std::size_t at) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value |= static_cast<Number>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

std::string encode_segment_header(const SegmentHeader& header) {
  std::string out(kSegmentMagic);
  out += encoding::hex_decode(header.log_id).value_or(std::string(kLogIdBytes, '\0'));
  put(&out, header.first_sequence);
  put(&out, crc32c(out));
  return out;
}

std::optional<SegmentHeader> read_segment_header(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes || !bytes.starts_with(kSegmentMagic)) {
    return std::nullopt;
  }
  constexpr std::size_t kCrc = kSegmentHeaderBytes - 4;
  if (get<std::uint32_t>(bytes, kCrc) != crc32c(bytes.substr(0, kCrc))) {
    return std::nullopt;
  }
  return SegmentHeader{
      .log_id = encoding::hex(bytes.substr(kSegmentMagic.size(), kLogIdBytes)),
      .first_sequence = get<std::uint64_t>(bytes, kSegmentMagic.size() + kLogIdBytes)};
}

std::string encode_frame(std::uint64_t first_sequence, const std::vector<std::string>& payloads) {
  std::string checked;
  put(&checked, first_sequence);
  put(&checked, static_cast<std::uint32_t>(payloads.size()));
  for (const std::string& payload : payloads) {
    put(&checked, static_cast<std::uint32_t>(payload.size()));
    checked += payload;
  }
  std::string out(kFrameMagic);
  put(&out, static_cast<std::uint32_t>(kCheckedFrom + checked.size()));
  put(&out, crc32c(checked));
  return out + checked;
}

std::optional<Frame> read_frame(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderBytes || !bytes.starts_with(kFrameMagic)) {
    return std::nullopt;
  }
  const auto size = get<std::uint32_t>(bytes, kLengthAt);
  if (size < kFrameHeaderBytes || size > kFrameBytesMax || size > bytes.size()) {
    return std::nullopt;
  }
  if (get<std::uint32_t>(bytes, kCrcAt) !=
      crc32c(bytes.substr(kCheckedFrom, size - kCheckedFrom))) {
    return std::nullopt;
  }
  Frame frame{
      .first_sequence = get<std::uint64_t>(bytes, kCheckedFrom), .payloads = {}, .bytes = size};
  const auto count = get<std::uint32_t>(bytes, kCheckedFrom + 8);
  std::string_view rest = bytes.substr(kFrameHeaderBytes, size - kFrameHeaderBytes);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (rest.size() < 4 || rest.size() - 4 < get<std::uint32_t>(rest, 0)) {
      return std::nullopt;
    }
    frame.payloads.push_back(rest.substr(4, get<std::uint32_t>(rest, 0)));
    rest.remove_prefix(4 + frame.payloads.back().size());
  }
  if (!rest.empty() || count == 0) {
    return std::nullopt;
  }
  return frame;
}

bool holds_frame(std::string_view bytes) {
  for (auto at = bytes.find(kFrameMagic); at != std::string_view::npos;
       at = bytes.find(kFrameMagic, at + 1)) {
    if (read_frame(bytes.substr(at)).has_value()) {
      return true;
    }
  }
  return false;
}

}  // namespace dermaga::spool_log
