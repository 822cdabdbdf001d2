#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "markup/markup.h"

// Whatever the bytes are: an error, or elements that hang together and whose pieces the page holds.
namespace {

void check(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view page(reinterpret_cast<const char*>(data), size);
  const auto elements = dermaga::markup::read_page(page);
  if (!elements.has_value()) {
    check(elements.error().code() == dermaga::ErrorCode::kCorrupt);
    return 0;
  }
  check(!elements->empty() && elements->front().name == "html" && elements->front().parent == 0);
  for (std::size_t i = 1; i < elements->size(); ++i) {
    const auto& element = (*elements)[i];
    check(element.parent < i && element.attributes.size() <= 32);
    check(page.find("<" + element.name) != page.npos);
    for (const auto& attribute : element.attributes) {
      check(element.find(attribute.name) == &attribute);
      check(page.find(" " + attribute.name) != page.npos);
    }
  }
  return 0;
}
