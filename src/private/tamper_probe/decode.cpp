#include "decode.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>

namespace dermaga::tamper_probe {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;
constexpr int kGzipWindow = 15 + 16;   // zlib's way to say gzip
constexpr int kZstdWindowLogMax = 23;  // 8 MiB, as RFC 8878 has it for HTTP

using Block = std::array<char, kBlockBytes>;

std::unexpected<Error> broken() {
  return make_error(ErrorCode::kCorrupt, "a compressed body that does not decode");
}

Status append(std::string& out, const Block& block, std::size_t size, std::size_t bytes_max) {
  if (size > bytes_max - out.size()) {
    return make_error(ErrorCode::kInvalidArgument, "a compressed body that grows too large");
  }
  out.append(block.data(), size);
  return {};
}

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) {
    return broken();
  }
  const std::unique_ptr<z_stream, void (*)(z_stream*)> owner(&stream,
                                                             [](z_stream* s) { inflateEnd(s); });
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  Block block;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) {
      return broken();
    }
    RETURN_IF_ERROR(append(out, block, block.size() - stream.avail_out, bytes_max));
  }
  return stream.avail_in == 0 ? Result<std::string>(std::move(out)) : broken();
}

Result<std::string> unbrotli(std::string_view bytes, std::size_t bytes_max) {
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  const auto* next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::size_t left_in = bytes.size();
  std::string out;
  Block block;
  while (true) {
    auto* next_out = reinterpret_cast<std::uint8_t*>(block.data());
    std::size_t left_out = block.size();
    const auto result = BrotliDecoderDecompressStream(state.get(), &left_in, &next_in, &left_out,
                                                      &next_out, nullptr);
    RETURN_IF_ERROR(append(out, block, block.size() - left_out, bytes_max));
    if (result == BROTLI_DECODER_RESULT_SUCCESS) {
      return left_in == 0 ? Result<std::string>(std::move(out)) : broken();
    }
    if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
      return broken();
    }
  }
}

Result<std::string> unzstd(std::string_view bytes, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                             ZSTD_freeDStream);
  if (ZSTD_isError(ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax)) !=
      0) {
    return broken();
  }
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string out;
  Block block;
  while (true) {
    ZSTD_outBuffer to{block.data(), block.size(), 0};
    const std::size_t left = ZSTD_decompressStream(stream.get(), &to, &in);
    if (ZSTD_isError(left) != 0) {
      return broken();
    }
    RETURN_IF_ERROR(append(out, block, to.pos, bytes_max));
    if (left == 0) {
      return in.pos == in.size ? Result<std::string>(std::move(out)) : broken();
    }
    if (in.pos == in.size && to.pos < to.size) {
      return broken();  // cut short
    }
  }
}

}  // namespace

Result<std::string> decode_content(std::string_view coding, std::string_view bytes,
                                   std::size_t bytes_max) {
  if (coding.empty() || coding == "identity") {
    return bytes.size() <= bytes_max
               ? Result<std::string>(std::string(bytes))
               : make_error(ErrorCode::kInvalidArgument, "a body that is too large");
  }
  if (coding == "gzip") {
    return gunzip(bytes, bytes_max);
  }
  if (coding == "br") {
    return unbrotli(bytes, bytes_max);
  }
  if (coding == "zstd") {
    return unzstd(bytes, bytes_max);
  }
  return make_error(ErrorCode::kInvalidArgument, "a coding that was not asked for");
}

}  // namespace dermaga::tamper_probe
