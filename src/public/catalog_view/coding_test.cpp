#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "best_locale.h"
#include "catalog_view/document.h"
#include "catalog_view/memo.h"

namespace dermaga::catalog_view {
namespace {

std::string decode(Coding coding, const std::string& bytes, std::size_t size) {
  std::string out(size, '\0');
  if (coding == Coding::kGzip) {
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
  } else if (coding == Coding::kBrotli) {
    EXPECT_EQ(BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()),
                                      &size, reinterpret_cast<uint8_t*>(out.data())),
              BROTLI_DECODER_RESULT_SUCCESS);
  } else if (coding == Coding::kZstd) {
    EXPECT_EQ(ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size()), size);
  } else {
    return bytes;
  }
  return out;
}

std::string sample_body() {
  std::string body;
  for (int i = 0; i < 100; ++i) {
    body += "{\"n\":" + std::to_string(i) + "}";
  }
  return body;
}

TEST(Coding, Negotiates) {
  struct Row {
    const char* header;
    Coding expected;
  };
  const Row rows[] = {
      {"", Coding::kIdentity},
      {"gzip", Coding::kGzip},
      {"GZIP", Coding::kGzip},
      {"gzip, deflate, br, zstd", Coding::kBrotli},
      {"gzip, zstd", Coding::kZstd},
      {"br;q=0.5, gzip;q=0.8", Coding::kGzip},
      {"br;q=0, *", Coding::kZstd},
      {"*;q=0", Coding::kIdentity},
      {"identity, gzip;q=0.5", Coding::kIdentity},
      {"identity;q=0.5, gzip", Coding::kGzip},
      {"gzip;q=1.5", Coding::kGzip},
      {"gzip;q=x", Coding::kIdentity},
      {"gzip;q=0.0001", Coding::kIdentity},
      {"deflate, compress", Coding::kIdentity},
      {",,;;,=", Coding::kIdentity},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(negotiate_coding(row.header), row.expected) << row.header;
  }
  EXPECT_EQ(negotiate_coding("gzip," + std::string(100'000, 'x')), Coding::kIdentity);
}

TEST(Coding, RoundTrips) {
  const std::string body = sample_body();
  for (const Coding coding : {Coding::kIdentity, Coding::kGzip, Coding::kBrotli, Coding::kZstd}) {
    const std::string encoded = encode(coding, body);
    EXPECT_EQ(decode(coding, encoded, body.size()), body);
    EXPECT_EQ(encode(coding, body), encoded);
  }
}

TEST(Document, AnswersWithTheBytesAndTagOfItsCoding) {
  const Document document({.content_type = "application/json"}, sample_body());
  const auto plain = document.answer("", "", false);
  const auto brotli = document.answer("br", "", false);
  EXPECT_EQ(plain->status, 200);
  EXPECT_EQ(plain->body, sample_body());
  EXPECT_EQ(plain->head.find("Content-Encoding"), std::string::npos);
  EXPECT_NE(brotli->head.find("Content-Encoding: br\r\n"), std::string::npos);
  EXPECT_NE(brotli->head.find("Vary: Accept-Encoding\r\n"), std::string::npos);
  EXPECT_NE(brotli->head.find("Cache-Control: public, max-age=60, stale-while-revalidate=600\r\n"),
            std::string::npos);
  EXPECT_NE(brotli->head.find("X-Content-Type-Options: nosniff\r\n"), std::string::npos);
  EXPECT_EQ(brotli->head.find("Strict-Transport-Security"), std::string::npos);
  EXPECT_EQ(document.answer("br", "", false), brotli);  // made once
  EXPECT_NE(document.answer("br", "", true)->head.find("Strict-Transport-Security: "),
            std::string::npos);
}

std::string etag_of(const http::PreparedResponse& response) {
  const std::size_t at = response.head.find("ETag: ") + 6;
  return response.head.substr(at, response.head.find("\r\n", at) - at);
}

TEST(Document, AnswersNotModified) {
  const Document document({.content_type = "application/json"}, sample_body());
  const std::string plain = etag_of(*document.answer("", "", false));
  const std::string gzip = etag_of(*document.answer("gzip", "", false));
  EXPECT_NE(plain, gzip);
  EXPECT_EQ(plain.front(), '"');  // strong
  for (const std::string& match : {plain, "\"x\", " + plain, std::string("*"), "W/" + plain}) {
    const auto answer = document.answer("", match, false);
    EXPECT_EQ(answer->status, 304) << match;
    EXPECT_TRUE(answer->body.empty());
    EXPECT_EQ(etag_of(*answer), plain);
  }
  for (const std::string& match :
       {gzip, std::string("\"\""), std::string(" "), std::string("\"x\"")}) {
    EXPECT_EQ(document.answer("", match, false)->status, 200) << match;
  }
}

TEST(Document, LeavesSmallAndCompressedBodiesAlone) {
  const Document small({.content_type = "application/json"}, "{}");
  EXPECT_EQ(small.answer("gzip", "", false)->body, "{}");
  const Document image({.content_type = "image/webp", .compressible = false}, sample_body());
  EXPECT_EQ(image.answer("gzip", "", false)->body, sample_body());
}

TEST(Memo, KeepsTheFirstAndDropsTheOldest) {
  const auto make = [] {
    return std::make_shared<const Document>(DocumentOptions{.content_type = "text/plain"},
                                            std::string(10'000, 'x'));
  };
  Memo memo(100'000);
  const auto first = make();
  EXPECT_EQ(memo.keep("a", first), first);
  EXPECT_EQ(memo.keep("a", make()), first);
  EXPECT_EQ(memo.find("a"), first);
  for (int i = 0; i < 10; ++i) {
    memo.keep(std::to_string(i), make());
  }
  EXPECT_EQ(memo.find("a"), nullptr);
  EXPECT_NE(memo.find("9"), nullptr);
  const auto large = std::make_shared<const Document>(DocumentOptions{.content_type = "text/plain"},
                                                      std::string(90'000, 'x'));
  EXPECT_EQ(memo.keep("large", large), large);
  EXPECT_EQ(memo.find("large"), nullptr);
  EXPECT_NE(memo.find("9"), nullptr);
}

TEST(Locale, PicksTheBest) {
  const std::vector<std::string> locales = {"id", "en"};
  struct Row {
    const char* header;
    const char* expected;
  };
  const Row rows[] = {{"", "id"},
                      {"en", "en"},
                      {"en-GB,en;q=0.9", "en"},
                      {"fr, en;q=0.3, id;q=0.2", "en"},
                      {"en;q=0", "id"},
                      {"fr", "id"},
                      {"*", "id"},
                      {"id-ID, en", "id"},
                      {"en;q=abc", "id"}};
  for (const Row& row : rows) {
    EXPECT_EQ(best_locale(locales, row.header), row.expected) << row.header;
  }
}

}  // namespace
}  // namespace dermaga::catalog_view
