#include "compression.h"

#include <zstd.h>

#include <memory>

namespace dermaga::wire {

namespace {

constexpr int kLevel = 3;

std::unexpected<Error> broken(const char* what) {
  return make_error(ErrorCode::kInvalidArgument, std::string("zstd: ") + what);
}

}  // namespace

std::string pack(std::string_view bytes) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), kLevel);
  CHECK(ZSTD_isError(size) == 0);
  frame.resize(size);
  frame.shrink_to_fit();
  return frame;
}

Result<std::string> unpack(std::string_view frame, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                        ZSTD_freeDCtx);
  CHECK(context != nullptr);
  std::string step(ZSTD_DStreamOutSize(), '\0');
  std::string bytes;
  ZSTD_inBuffer in{frame.data(), frame.size(), 0};
  while (true) {
    ZSTD_outBuffer out{step.data(), step.size(), 0};
    const std::size_t left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left) != 0) {
      return broken(ZSTD_getErrorName(left));
    }
    bytes.append(step.data(), out.pos);
    if (bytes.size() > bytes_max) {
      return broken("larger than allowed");
    }
    if (left == 0) {
      break;
    }
    if (in.pos == in.size && out.pos < out.size) {
      return broken("cut off");
    }
  }
  if (in.pos != in.size) {
    return broken("bytes after the end");
  }
  return bytes;
}

}  // namespace dermaga::wire
