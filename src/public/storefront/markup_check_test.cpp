#include "markup_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>
#include <vector>

namespace dermaga::storefront {
namespace {

constexpr std::array<std::string_view, 6> kVoidTags = {"meta", "link", "img", "input", "br", "hr"};
// Attributes that name ids, separated by spaces.
constexpr std::array<std::string_view, 4> kIdReferences = {"for", "aria-labelledby",
                                                           "aria-describedby", "form"};

class Checker {
 public:
  explicit Checker(std::string_view document) : rest_(document) {}

  std::string run() {
    if (!rest_.starts_with("<!doctype html>\n<html ")) {
      return "does not begin with <!doctype html><html";
    }
    rest_.remove_prefix(std::string_view("<!doctype html>").size());
    while (fault_.empty() && !rest_.empty()) {
      const std::size_t tag = rest_.find('<');
      if (rest_.substr(0, tag).find('>') != std::string_view::npos) return "a bare '>' in text";
      if (tag == std::string_view::npos) break;
      rest_.remove_prefix(tag);
      read_tag();
    }
    if (fault_.empty() && !open_.empty()) fault_ = "<" + open_.back() + "> is never closed";
    for (const std::string& id : references_) {
      if (fault_.empty() && !ids_.contains(id)) fault_ = "nothing has the id '" + id + "'";
    }
    return fault_;
  }

 private:
  void read_tag() {
    const bool is_end = rest_.starts_with("</");
    rest_.remove_prefix(is_end ? 2 : 1);
    const std::string name(rest_.substr(0, rest_.find_first_of(" />")));
    rest_.remove_prefix(name.size());
    std::map<std::string, std::string> attributes;
    while (rest_.starts_with(' ') && fault_.empty()) read_attribute(name, attributes);
    const bool is_empty = rest_.starts_with('/');
    if (is_empty) rest_.remove_prefix(1);
    if (!rest_.starts_with('>')) {
      fault_ = "<" + name + " is not closed: " + std::string(rest_.substr(0, 40));
      return;
    }
    rest_.remove_prefix(1);
    if (is_end) {
      close(name);
    } else {
      check_element(name, attributes);
      if (!is_empty && std::ranges::find(kVoidTags, name) == kVoidTags.end()) {
        open_.push_back(name);
      }
    }
  }

  void read_attribute(const std::string& tag, std::map<std::string, std::string>& attributes) {
    rest_.remove_prefix(1);
    const std::string name(rest_.substr(0, rest_.find_first_of("= />")));
    rest_.remove_prefix(name.size());
    std::string value;
    if (rest_.starts_with("=\"")) {
      rest_.remove_prefix(2);
      value = rest_.substr(0, rest_.find('"'));
      rest_.remove_prefix(std::min(rest_.size(), value.size() + 1));
    } else if (rest_.starts_with('=')) {
      fault_ = "an attribute of <" + tag + "> is not quoted: " + name;
    }
    if (value.find('<') != std::string::npos) fault_ = "'<' in an attribute of <" + tag + ">";
    if (name.empty() || !attributes.emplace(name, value).second) {
      fault_ = "<" + tag + "> has an odd or doubled attribute '" + name + "'";
    }
    if (name == "style" || name.starts_with("on")) {
      fault_ = "<" + tag + "> has an inline " + name;
    }
  }

  void check_element(const std::string& name, std::map<std::string, std::string>& attributes) {
    if (name == "script" && !attributes["src"].starts_with("/assets/app/")) {
      fault_ = "a script that is not one of the assets";
    }
    if (name == "style" || name == "iframe" || name == "object") fault_ = "<" + name + ">";
    if (name == "img" && (attributes["width"].empty() || attributes["height"].empty() ||
                          !attributes.contains("alt") || attributes["src"].empty())) {
      fault_ = "an image without size, alt or src";
    }
    if (attributes.contains("id") && !ids_.insert(attributes["id"]).second) {
      fault_ = "two elements have the id '" + attributes["id"] + "'";
    }
    for (const std::string_view reference : kIdReferences) {
      std::istringstream names(attributes[std::string(reference)]);
      for (std::string id; names >> id;) references_.insert(id);
    }
    const std::string& href = attributes["href"];
    if (href.starts_with('#')) references_.insert(href.substr(1));
    if (href.find(':') < href.find('/') && !href.starts_with("https:")) {
      fault_ = "an address with the scheme of " + href;
    }
  }

  void close(const std::string& name) {
    if (open_.empty() || open_.back() != name) {
      fault_ = "</" + name + "> closes nothing";
    } else {
      open_.pop_back();
    }
  }

  std::string_view rest_;
  std::string fault_;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
  std::set<std::string> references_;
};

struct Case {
  std::string body;
  bool is_good;
};

TEST(MarkupCheck, FindsWhatItIsFor) {
  const Case cases[] = {
      {"<p class=\"a\">x</p>", true},
      {"<svg><path d=\"M0\"/></svg>", true},
      {"<p>x", false},
      {"<p><b>x</p></b>", false},
      {"<p class=a>x</p>", false},
      {"<p a=\"1\" a=\"2\">x</p>", false},
      {"<p style=\"x\">x</p>", false},
      {"<p onclick=\"x\">x</p>", false},
      {"<script>alert(1)</script>", false},
      {"<script src=\"https://x\"></script>", false},
      {"<script src=\"/assets/app/x.js\"></script>", true},
      {"<a href=\"javascript:x\">x</a>", false},
      {"<a href=\"/a:b\">x</a>", true},
      {"<img src=\"/x\" alt=\"\">", false},
      {"<img src=\"/x\" alt=\"\" width=\"1\" height=\"1\">", true},
      {"<i id=\"a\"></i><i id=\"a\"></i>", false},
      {"<label for=\"a\">x</label>", false},
      {"<label for=\"a\">x</label><input id=\"a\">", true},
      {"<a href=\"#a\">x</a>", false},
      {"a > b", false},
  };
  for (const Case& one : cases) {
    const std::string document = "<!doctype html>\n<html lang=\"id\">" + one.body + "</html>";
    EXPECT_EQ(markup_faults(document).empty(), one.is_good) << one.body;
  }
  EXPECT_FALSE(markup_faults("<p>x</p>").empty());
}

}  // namespace

std::string markup_faults(std::string_view document) {
  return Checker(document).run();
}

}  // namespace dermaga::storefront
