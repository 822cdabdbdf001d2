#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::markup {

struct Attribute {
  std::string name;
  std::string value;  // references resolved; empty for a flag
};

struct Element {
  std::string name;
  std::size_t parent = 0;  // index of the element around it; its own index for the root
  std::vector<Attribute> attributes;
  bool has_text = false;  // text of its own, white space aside

  const Attribute* find(std::string_view attribute) const;  // null: it has none of that name
};

// The elements of a page in document order; the first is <html>. kCorrupt, with the place, for what
// is not written as our pages are, and for more than 1 MiB, 20,000 elements, 64 levels or 32
// attributes of one element.
Result<std::vector<Element>> read_page(std::string_view page);

}  // namespace dermaga::markup
