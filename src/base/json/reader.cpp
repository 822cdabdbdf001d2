#include "json/reader.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <charconv>
#include <cmath>
#include <optional>

#include "node.h"

namespace dermaga::json {

namespace {

constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kShownKeyBytesMax = 64;
constexpr std::size_t kFewMembers = 4;

using boost::json::error_code;
using boost::json::string_view;

// Boost.JSON's own parser keeps the last of two equal keys; this handler builds our nodes and
// refuses them.
class Builder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(Node{Node::Object{}}); }
  bool on_array_begin(error_code&) { return open(Node{Node::Array{}}); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_object_end(std::size_t, error_code& failure) {
    if (!keys_are_unique(std::get<Node::Object>(open_.back().value))) {
      duplicate_key_ = true;
      failure = boost::json::error::syntax;
      return false;
    }
    return close();
  }

  bool on_key_part(string_view part, std::size_t, error_code&) { return append(part); }
  bool on_key(string_view part, std::size_t, error_code&) {
    append(part);
    auto& members = std::get<Node::Object>(open_.back().value);
    if (members.empty()) {
      members.reserve(kFewMembers);
    }
    members.push_back({std::move(text_), Node{}});
    text_.clear();
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) { return append(part); }
  bool on_string(string_view part, std::size_t, error_code&) {
    append(part);
    add(Node{std::move(text_)});
    text_.clear();
    return true;
  }

  bool on_number_part(string_view part, error_code&) { return append(part); }
  bool on_int64(std::int64_t value, string_view, error_code&) {
    text_.clear();
    return add(Node{value});
  }
  bool on_uint64(std::uint64_t value, string_view, error_code&) {
    text_.clear();
    return add(Node{static_cast<double>(value)});  // beyond int64: never an integer to us
  }
  bool on_double(double, string_view part, error_code& failure) {
    // Boost 1.81 may be off by some units in the last place; from_chars is exact.
    append(part);
    double exact = 0;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), exact);
    text_.clear();
    if (read.ec != std::errc() || !std::isfinite(exact)) {
      failure = boost::json::error::exponent_overflow;
      return false;
    }
    return add(Node{exact});
  }
  bool on_bool(bool value, error_code&) { return add(Node{value}); }
  bool on_null(error_code&) { return add(Node{nullptr}); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

  bool has_duplicate_key() const { return duplicate_key_; }
  Node take_root() { return std::move(root_); }

 private:
  bool append(string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool open(Node node) {
    open_.push_back(std::move(node));
    return true;
  }

  bool close() {
    Node done = std::move(open_.back());
    open_.pop_back();
    return add(std::move(done));
  }

  bool add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (auto* items = std::get_if<Node::Array>(&open_.back().value)) {
      items->push_back(std::move(node));
    } else {
      std::get<Node::Object>(open_.back().value).back().node = std::move(node);
    }
    return true;
  }

  static bool keys_are_unique(const Node::Object& members) {
    if (members.size() <= 4 * kFewMembers) {  // without a copy of the keys
      for (std::size_t i = 1; i < members.size(); ++i) {
        for (std::size_t before = 0; before < i; ++before) {
          if (members[before].key == members[i].key) {
            return false;
          }
        }
      }
      return true;
    }
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const Member& member : members) {
      keys.push_back(member.key);
    }
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();
  }

  std::vector<Node> open_;  // the arrays and objects around the place being read, outermost first
  Node root_;
  std::string text_;
  bool duplicate_key_ = false;
};

const Node& node_at(const void* node) {
  return *static_cast<const Node*>(node);
}

std::string shown_key(std::string_view key) {
  if (key.size() <= kShownKeyBytesMax) {
    return std::string(key);
  }
  std::size_t end = kShownKeyBytesMax;
  while ((static_cast<unsigned char>(key[end]) & 0xC0U) == 0x80U) {
    --end;  // not in the middle of a UTF-8 sequence
  }
  return std::string(key.substr(0, end)) + "…";
}

std::string member_path(const std::string& path, std::string_view key) {
  return path.empty() ? shown_key(key) : path + "." + shown_key(key);
}

// The way from `from` down to the node that is `wanted`, innermost step first; false: it is not
// there. Parsing bounds the depth.
bool find_way(const Node& wanted, const Node& from, std::vector<std::string>& steps) {
  if (&from == &wanted) {
    return true;
  }
  if (const auto* items = std::get_if<Node::Array>(&from.value)) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (find_way(wanted, (*items)[i], steps)) {
        steps.push_back("[" + std::to_string(i) + "]");
        return true;
      }
    }
  } else if (const auto* members = std::get_if<Node::Object>(&from.value)) {
    for (const Member& member : *members) {
      if (find_way(wanted, member.node, steps)) {
        steps.push_back("." + shown_key(member.key));
        return true;
      }
    }
  }
  return false;
}

std::unexpected<Error> wrong(std::string path, std::string_view must) {
  std::string message = path.empty() ? "the JSON document" : std::move(path);
  return make_error(ErrorCode::kInvalidArgument, message.append(" ").append(must));
}

}  // namespace

// What was sealed may have been in it.
void wipe(Node& node) {
  if (auto* text = std::get_if<std::string>(&node.value)) {
    ::explicit_bzero(text->data(), text->size());
  } else if (auto* items = std::get_if<Node::Array>(&node.value)) {
    std::ranges::for_each(*items, wipe);
  } else if (auto* members = std::get_if<Node::Object>(&node.value)) {
    std::ranges::for_each(*members, [](Member& member) { wipe(member.node); });
  }
}

struct Document::Impl {
  explicit Impl(Node node) : root(std::move(node)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { wipe(root); }

  Node root;
};

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  boost::json::basic_parser<Builder> parser(options);
  error_code failure;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), failure);
  if (!failure && used < text.size()) {
    failure = boost::json::error::extra_data;
  }
  if (failure) {
    const std::string what =
        parser.handler().has_duplicate_key() ? "duplicate key in the object" : failure.message();
    return make_error(ErrorCode::kInvalidArgument,
                      "not valid JSON: " + what + " before byte " + std::to_string(used));
  }
  return Document(std::make_unique<Impl>(parser.handler().take_root()));
}

Value Document::root() const {
  return Value(&impl_->root, &impl_->root);
}

std::string Value::path() const {
  std::vector<std::string> steps;
  find_way(node_at(node_), node_at(root_), steps);
  std::string path;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    path += *step;
  }
  return path.starts_with('.') ? path.substr(1) : path;
}

bool Value::is_null() const {
  return std::holds_alternative<std::nullptr_t>(node_at(node_).value);
}
bool Value::is_object() const {
  return std::holds_alternative<Node::Object>(node_at(node_).value);
}
bool Value::is_array() const {
  return std::holds_alternative<Node::Array>(node_at(node_).value);
}

Result<std::string_view> Value::as_string(std::size_t bytes_max) const {
  const auto* text = std::get_if<std::string>(&node_at(node_).value);
  if (text == nullptr || text->size() > bytes_max) {
    return wrong(path(), "must be a string of at most " + std::to_string(bytes_max) + " bytes");
  }
  return *text;
}

Result<std::int64_t> Value::as_integer(std::int64_t min, std::int64_t max) const {
  const auto* number = std::get_if<std::int64_t>(&node_at(node_).value);
  if (number == nullptr || *number < min || *number > max) {
    return wrong(path(),
                 "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return *number;
}

Result<double> Value::as_number() const {
  const Node& node = node_at(node_);
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) {
    return static_cast<double>(*integer);
  }
  if (const auto* number = std::get_if<double>(&node.value)) {
    return *number;
  }
  return wrong(path(), "must be a number");
}

Result<bool> Value::as_boolean() const {
  if (const auto* boolean = std::get_if<bool>(&node_at(node_).value)) {
    return *boolean;
  }
  return wrong(path(), "must be true or false");
}

Result<std::vector<Value>> Value::as_array(std::size_t items_max) const {
  const auto* items = std::get_if<Node::Array>(&node_at(node_).value);
  if (items == nullptr || items->size() > items_max) {
    return wrong(path(), "must be an array of at most " + std::to_string(items_max) + " items");
  }
  std::vector<Value> values;
  values.reserve(items->size());
  for (const Node& item : *items) {
    values.push_back(at(&item));
  }
  return values;
}

Result<std::vector<std::pair<std::string, Value>>> Value::as_members(
    std::size_t members_max) const {
  const auto* members = std::get_if<Node::Object>(&node_at(node_).value);
  if (members == nullptr || members->size() > members_max) {
    return wrong(path(),
                 "must be an object of at most " + std::to_string(members_max) + " members");
  }
  std::vector<std::pair<std::string, Value>> out;
  out.reserve(members->size());
  for (const Member& member : *members) {
    out.emplace_back(member.key, at(&member.node));
  }
  return out;
}

std::string Value::dump() const {
  std::string out;
  Writer writer(out);
  write_node(writer, node_at(node_));
  return out;
}

ObjectReader::ObjectReader(const Value& value) : value_(value) {}

Result<ObjectReader> ObjectReader::of(const Value& value) {
  if (!value.is_object()) {
    return wrong(value.path(), "must be an object");
  }
  return ObjectReader(value);
}

std::optional<Value> ObjectReader::optional(std::string_view key) {
  const auto& members = std::get<Node::Object>(node_at(value_.node_).value);
  const auto found = std::ranges::find(members, key, &Member::key);
  if (found == members.end()) {
    return std::nullopt;
  }
  seen_.push_back(&*found);
  const Value value = value_.at(&found->node);
  return value.is_null() ? std::nullopt : std::optional(value);
}

Result<Value> ObjectReader::required(std::string_view key) {
  if (auto value = optional(key)) {
    return *std::move(value);
  }
  return wrong(member_path(value_.path(), key), "is missing");
}

Result<std::string> ObjectReader::string(std::string_view key, std::size_t bytes_max) {
  ASSIGN_OR_RETURN(const Value value, required(key));
  ASSIGN_OR_RETURN(const std::string_view text, value.as_string(bytes_max));
  return std::string(text);
}

Result<std::optional<std::string>> ObjectReader::optional_string(std::string_view key,
                                                                 std::size_t bytes_max) {
  const auto value = optional(key);
  if (!value) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const std::string_view text, value->as_string(bytes_max));
  return std::string(text);
}

Result<std::int64_t> ObjectReader::integer(std::string_view key, std::int64_t min,
                                           std::int64_t max) {
  ASSIGN_OR_RETURN(const Value value, required(key));
  return value.as_integer(min, max);
}

Status ObjectReader::finish() const {
  for (const Member& member : std::get<Node::Object>(node_at(value_.node_).value)) {
    if (std::ranges::find(seen_, static_cast<const void*>(&member)) == seen_.end()) {
      return wrong(member_path(value_.path(), member.key), "is not a known member");
    }
  }
  return {};
}

}  // namespace dermaga::json
