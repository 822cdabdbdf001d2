#include "page_policy/page_forms.h"

#include <algorithm>
#include <array>
#include <map>

#include "pages_embedded.h"

namespace dermaga::page_policy {

namespace {

// Their values are the shop's, a language's or a record's.
constexpr std::array<std::string_view, 22> kVarying = {"action",
                                                       "alt",
                                                       "aria-current",
                                                       "aria-label",
                                                       "content",
                                                       "data-locale",
                                                       "data-method",
                                                       "data-currency",
                                                       "data-currency-digits",
                                                       "data-test-card",
                                                       "height",
                                                       "href",
                                                       "hreflang",
                                                       "lang",
                                                       "placeholder",
                                                       "src",
                                                       "title",
                                                       "value",
                                                       "viewBox",
                                                       "width",
                                                       "srcset",
                                                       "sizes"};

using Forms = std::set<std::string, std::less<>>;

std::map<std::string, Forms, std::less<>> read_all() {
  std::map<std::string, Forms, std::less<>> pages;
  for (const EmbeddedText& file : kEmbeddedTexts) {
    Forms& forms = pages[std::string(file.name.substr(0, file.name.rfind('.')))];
    std::string_view rest = file.text;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      if (!line.empty()) {
        forms.emplace(line);
      }
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }
  return pages;
}

}  // namespace

std::string form_of(const std::vector<markup::Element>& page, std::size_t index) {
  std::string names = page[index].name;
  bool is_drawing = names == "svg";
  for (std::size_t at = index; page[at].parent != at;) {
    at = page[at].parent;
    is_drawing = is_drawing || page[at].name == "svg";
    names = page[at].name + ">" + names;
  }
  for (const markup::Attribute& attribute : page[index].attributes) {
    names += "[" + attribute.name;
    if (!is_drawing && std::ranges::find(kVarying, attribute.name) == kVarying.end()) {
      names += "=" + attribute.value;
    }
    names += "]";
  }
  return names;
}

const Forms* known_forms(std::string_view page_name) {
  static const auto kPages = read_all();
  const auto found = kPages.find(page_name);
  return found == kPages.end() ? nullptr : &found->second;
}

}  // namespace dermaga::page_policy
