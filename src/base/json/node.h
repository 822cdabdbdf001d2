#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "json/writer.h"

namespace dermaga::json {

struct Member;

// One parsed value. Objects keep the order of the text; keys are unique.
struct Node {
  using Array = std::vector<Node>;
  using Object = std::vector<Member>;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value;
};

struct Member {
  std::string key;
  Node node;
};

void write_node(Writer& writer, const Node& node);

}  // namespace dermaga::json
