#include "decode.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace dermaga::tamper_probe {
namespace {

std::string encoded(const std::string& coding, const std::string& text) {
  std::string out(text.size() + 4096, '\0');
  std::size_t size = out.size();
  if (coding == "gzip") {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size = stream.total_out;
    deflateEnd(&stream);
  } else if (coding == "br") {
    EXPECT_EQ(BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, text.size(),
                                    reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                    reinterpret_cast<std::uint8_t*>(out.data())),
              BROTLI_TRUE);
  } else if (coding == "zstd") {
    size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  } else {
    return text;
  }
  out.resize(size);
  return out;
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) {
    text += std::to_string(i * 7919 % 10'007);
  }
  return text;
}

class DecodeTest : public ::testing::TestWithParam<std::string> {};

TEST_P(DecodeTest, GivesTheBytesBack) {
  const std::string text = sample();
  const std::string bytes = encoded(GetParam(), text);
  EXPECT_EQ(decode_content(GetParam(), bytes, text.size()).value(), text);
  EXPECT_EQ(decode_content(GetParam(), bytes, text.size() - 1).error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(decode_content(GetParam(), encoded(GetParam(), ""), 10).value(), "");
}

TEST_P(DecodeTest, RefusesWhatIsCutOrGoesOn) {
  if (GetParam().empty()) {
    return;  // nothing to cut
  }
  const std::string bytes = encoded(GetParam(), sample());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_EQ(decode_content(GetParam(), bytes.substr(0, size), 1'000'000).error().code(),
              ErrorCode::kCorrupt)
        << size;
  }
  EXPECT_EQ(decode_content(GetParam(), bytes + "<script>", 1'000'000).error().code(),
            ErrorCode::kCorrupt);
}

TEST_P(DecodeTest, ASmallBodyThatGrowsIsRefused) {
  const std::string bytes = encoded(GetParam(), std::string(20'000'000, 'x'));
  EXPECT_EQ(decode_content(GetParam(), bytes, 1'000'000).error().code(),
            ErrorCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Codings, DecodeTest, ::testing::Values("", "gzip", "br", "zstd"),
                         [](const auto& coding) {
                           return coding.param.empty() ? "identity" : coding.param;
                         });

TEST(DecodeContentTest, OtherCodingsAreRefused) {
  EXPECT_EQ(decode_content("deflate", "x", 10).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(decode_content("gzip, br", "x", 10).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace dermaga::tamper_probe
