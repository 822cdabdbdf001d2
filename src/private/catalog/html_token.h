#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dermaga::catalog {

// A piece of HTML as the sanitiser sees it.
struct HtmlToken {
  enum class Kind { kText, kOpen, kClose };
  Kind kind = Kind::kText;
  std::string_view text;  // kText: raw, entities not decoded
  std::string name;       // kOpen, kClose: lower case
  std::vector<std::pair<std::string, std::string_view>> attributes;  // kOpen: name, raw value
};

// Splits any bytes into text and tags the way browsers do (WHATWG tokenization, simplified); never
// fails. Comments, declarations, processing instructions, an unfinished tag at the end, and
// elements whose content is not text (script, style, svg, …) together with that content are left
// out.
class HtmlTokenizer {
 public:
  explicit HtmlTokenizer(std::string_view html) : html_(html) {}

  bool next(HtmlToken& token);

 private:
  bool at_end() const { return position_ >= html_.size(); }
  bool starts_tag() const;
  void read_text(HtmlToken& token);
  bool read_tag(HtmlToken& token);
  bool read_attributes(HtmlToken& token);
  std::string_view read_value();
  void skip_markup();
  void skip_content_of(std::string_view name);
  void skip_space();

  std::string_view html_;
  std::size_t position_ = 0;
};

}  // namespace dermaga::catalog
