#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <iterator>
#include <optional>

#include "catalog_view/document.h"
#include "result/result.h"
#include "weighted.h"

namespace dermaga::catalog_view {
namespace {

// Levels that cost well under a millisecond for a product and a few for a long list.
constexpr int kGzipLevel = 6;
constexpr int kBrotliQuality = 5;
constexpr int kZstdLevel = 9;
struct Candidate {
  Coding coding;
  std::string_view name;
};
// Best first among equal weights.
constexpr Candidate kCandidates[] = {{Coding::kBrotli, "br"},
                                     {Coding::kZstd, "zstd"},
                                     {Coding::kGzip, "gzip"},
                                     {Coding::kIdentity, "identity"}};

std::string gzip(std::string_view body) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, kGzipLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string brotli(std::string_view body) {
  std::size_t size = BrotliEncoderMaxCompressedSize(body.size());
  std::string out(size, '\0');
  CHECK(BrotliEncoderCompress(kBrotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                              reinterpret_cast<const std::uint8_t*>(body.data()), &size,
                              reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE);
  out.resize(size);
  return out;
}

std::string zstd(std::string_view body) {
  std::string out(ZSTD_compressBound(body.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), body.data(), body.size(), kZstdLevel);
  CHECK(!ZSTD_isError(size));
  out.resize(size);
  return out;
}

}  // namespace

Coding negotiate_coding(std::string_view accept_encoding) {
  std::optional<int> weights[std::size(kCandidates)];
  int any = 0;
  for (const Weighted& item : parse_weighted(accept_encoding)) {
    if (item.name == "*") {
      any = item.thousandths;
    }
    for (std::size_t i = 0; i < std::size(kCandidates); ++i) {
      if (item.name == kCandidates[i].name) {
        weights[i] = item.thousandths;
      }
    }
  }
  Coding best = Coding::kIdentity;
  int best_weight = 0;
  for (std::size_t i = 0; i < std::size(kCandidates); ++i) {
    // Identity is always acceptable, but preferred only where it is named (RFC 9110 12.5.3).
    const bool is_identity = kCandidates[i].coding == Coding::kIdentity;
    const int value = weights[i].value_or(is_identity ? 0 : any);
    if (value > best_weight) {
      best = kCandidates[i].coding;
      best_weight = value;
    }
  }
  return best;
}

std::string encode(Coding coding, std::string_view body) {
  switch (coding) {
    case Coding::kIdentity:
      return std::string(body);
    case Coding::kGzip:
      return gzip(body);
    case Coding::kBrotli:
      return brotli(body);
    case Coding::kZstd:
      return zstd(body);
  }
  return std::string(body);
}

}  // namespace dermaga::catalog_view
