#include "markup/markup.h"

#include <algorithm>
#include <array>
#include <utility>

#include "encoding/encoding.h"

namespace dermaga::markup {

namespace {

constexpr std::size_t kPageBytesMax = std::size_t{1024} * 1024;
constexpr std::size_t kElementsMax = 20'000;
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kAttributesMax = 32;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::string_view kBeginning = "<!doctype html>\n";
constexpr std::array<std::string_view, 6> kEmptyElements = {"meta",  "link", "img",
                                                            "input", "br",   "hr"};
constexpr std::array<std::pair<std::string_view, char>, 5> kReferences = {
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':';
}

class Reader {
 public:
  explicit Reader(std::string_view page) : page_(page), rest_(page) {}

  Result<std::vector<Element>> run() {
    if (page_.size() > kPageBytesMax || !encoding::is_utf8(page_) ||
        page_.find('\0') != page_.npos) {
      return fault("not UTF-8 of at most 1 MiB");
    }
    if (!take(kBeginning)) {
      return fault("does not begin with <!doctype html>");
    }
    do {
      RETURN_IF_ERROR(read_tag());
      RETURN_IF_ERROR(read_text());
    } while (!open_.empty());
    return rest_.empty() ? Result<std::vector<Element>>(std::move(elements_))
                         : fault("something behind </html>");
  }

 private:
  std::unexpected<Error> fault(std::string_view what) const {
    return make_error(ErrorCode::kCorrupt, "byte " + std::to_string(page_.size() - rest_.size()) +
                                               ": " + std::string(what));
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) {
      return false;
    }
    rest_.remove_prefix(text.size());
    return true;
  }

  Result<std::string> take_name() {
    const auto* const end = std::ranges::find_if_not(rest_, is_name_character);
    const std::string_view name(rest_.begin(), end);
    if (name.empty() || name.size() > kNameBytesMax || !is_letter(name.front())) {
      return fault("a name was expected");
    }
    rest_.remove_prefix(name.size());
    return std::string(name);
  }

  // Up to the next tag, into the innermost open element.
  Status read_text() {
    const std::string_view text = rest_.substr(0, rest_.find('<'));
    if (text.find('>') != text.npos) {
      return fault("a bare '>'");
    }
    if (text.find_first_not_of(" \n") != text.npos) {
      if (open_.empty()) {
        return fault("text behind </html>");
      }
      elements_[open_.back()].has_text = true;
    }
    rest_.remove_prefix(text.size());
    return {};
  }

  Status read_tag() {
    if (take("</")) {
      return read_end();
    }
    if (!take("<")) {
      return fault("a tag was expected");
    }
    ASSIGN_OR_RETURN(std::string name, take_name());
    if (open_.empty() && name != "html") {
      return fault("the first element is not <html>");
    }
    if (elements_.size() == kElementsMax) {
      return fault("too many elements");
    }
    const std::size_t index = elements_.size();
    Element element{.name = std::move(name), .parent = open_.empty() ? index : open_.back()};
    while (take(" ")) {
      RETURN_IF_ERROR(read_attribute(element));
    }
    const bool closes_itself = take("/");
    if (!take(">")) {
      return fault("a tag does not end");
    }
    const bool is_empty = std::ranges::find(kEmptyElements, element.name) != kEmptyElements.end();
    elements_.push_back(std::move(element));
    if (!closes_itself && !is_empty) {
      if (open_.size() == kDepthMax) {
        return fault("elements too deep");
      }
      open_.push_back(index);
    }
    return {};
  }

  Status read_end() {
    ASSIGN_OR_RETURN(const std::string name, take_name());
    if (open_.empty() || elements_[open_.back()].name != name || !take(">")) {
      return fault("</" + name + "> closes nothing");
    }
    open_.pop_back();
    return {};
  }

  Status read_attribute(Element& element) {
    ASSIGN_OR_RETURN(std::string name, take_name());
    if (element.find(name) != nullptr || element.attributes.size() == kAttributesMax) {
      return fault("an attribute too many: " + name);
    }
    std::string value;
    if (take("=")) {
      if (!take("\"")) {
        return fault("an attribute without quotes: " + name);
      }
      ASSIGN_OR_RETURN(value, take_value());
    }
    element.attributes.push_back({std::move(name), std::move(value)});
    return {};
  }

  Result<std::string> take_value() {
    const std::size_t end = rest_.find('"');
    if (end == rest_.npos) {
      return fault("an attribute does not end");
    }
    std::string value;
    for (const std::size_t left = rest_.size() - end; rest_.size() > left;) {
      const char c = rest_.front();
      if (c == '<' || c == '>' || (static_cast<unsigned char>(c) < 0x20 && c != '\n')) {
        return fault("an attribute holds what it must not");
      }
      if (c != '&') {
        value += c;
        rest_.remove_prefix(1);
        continue;
      }
      const auto* const known = std::ranges::find_if(kReferences, [this](const auto& reference) {
        return rest_.starts_with(reference.first);
      });
      if (known == kReferences.end()) {
        return fault("an unknown reference");
      }
      value += known->second;
      rest_.remove_prefix(known->first.size());
    }
    rest_.remove_prefix(1);
    return value;
  }

  const std::string_view page_;
  std::string_view rest_;
  std::vector<Element> elements_;
  std::vector<std::size_t> open_;  // indices, outermost first
};

}  // namespace

const Attribute* Element::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

Result<std::vector<Element>> read_page(std::string_view page) {
  return Reader(page).run();
}

}  // namespace dermaga::markup
