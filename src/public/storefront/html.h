#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace dermaga::storefront {

// A piece of markup known when this was compiled. Nothing that came from outside can become one,
// so Html::raw() cannot be handed a title by mistake.
class Literal {
 public:
  template <std::size_t size>
  consteval Literal(const char (&text)[size]) : text_(text, size - 1) {}  // NOLINT: implicit
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// One attribute; the value is escaped when it is written. A boolean attribute stands or is absent.
struct Attribute {
  Attribute(std::string_view attribute_name, std::string_view attribute_value)
      : name(attribute_name), value(attribute_value) {}
  template <std::same_as<bool> Flag>
  Attribute(std::string_view attribute_name, Flag present)
      : name(attribute_name), is_flag(true), is_present(present) {}

  std::string_view name;
  std::string_view value;
  bool is_flag = false;
  bool is_present = true;
};
using Attributes = std::initializer_list<Attribute>;

// Writes HTML; every text and attribute value is escaped, and elements close themselves.
//   html.element("p", {{"class", "note"}}, [&] { html.text(title); });
// Not thread-safe.
class Html {
 public:
  void text(std::string_view value);
  void raw(Literal literal) { out_ += literal.text(); }
  // Description markup that core has sanitised: written as it is when it holds only balanced,
  // attribute-free tags of kRichTags, otherwise as escaped text.
  void rich_text(std::string_view markup);

  // An element without content: img, input, meta, link, br.
  void leaf(std::string_view tag, Attributes attributes) { open(tag, attributes); }

  template <std::invocable Body>
  void element(std::string_view tag, Attributes attributes, Body&& body) {
    open(tag, attributes);
    body();
    close(tag);
  }
  void element(std::string_view tag, Attributes attributes, std::string_view content) {
    open(tag, attributes);
    text(content);
    close(tag);
  }

  std::string take() { return std::move(out_); }

 private:
  void open(std::string_view tag, Attributes attributes);
  void close(std::string_view tag);

  std::string out_;
};

// Whether every tag is one that descriptions may use, without attributes, and closed in order.
bool is_rich_text(std::string_view markup);

// The text of such markup without its tags, spaces folded, cut at a word near bytes_max.
std::string plain_text(std::string_view markup, std::size_t bytes_max);

}  // namespace dermaga::storefront
