#include "node.h"

namespace dermaga::json {

namespace {

// One overload per kind of value.
struct NodeWriter {
  Writer& writer;

  void operator()(std::nullptr_t) const { writer.null(); }
  void operator()(bool value) const { writer.boolean(value); }
  void operator()(std::int64_t value) const { writer.integer(value); }
  void operator()(double value) const { writer.number(value); }
  void operator()(const std::string& value) const { writer.string(value); }
  void operator()(const Node::Array& items) const {
    writer.array();
    for (const Node& item : items) {
      write_node(writer, item);
    }
    writer.end_array();
  }
  void operator()(const Node::Object& members) const {
    writer.object();
    for (const Member& member : members) {
      writer.key(member.key);
      write_node(writer, member.node);
    }
    writer.end_object();
  }
};

}  // namespace

void write_node(Writer& writer, const Node& node) {
  std::visit(NodeWriter{writer}, node.value);
}

}  // namespace dermaga::json
