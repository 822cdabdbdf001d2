#include <cstddef>
#include <cstdint>

#include "json/reader.h"

// Whatever is accepted is written back, and what was written is accepted and stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dermaga::json::Document;
  const auto document = Document::parse({reinterpret_cast<const char*>(data), size});
  if (!document.has_value()) {
    return 0;
  }
  const std::string once = document->root().dump();
  const auto again = Document::parse(once);
  CHECK(again.has_value());
  CHECK(again->root().dump() == once);
  if (document->root().is_object()) {
    auto reader = dermaga::json::ObjectReader::of(document->root()).value();
    (void)reader.optional_string("a", 16);
    (void)reader.finish();
  }
  return 0;
}
