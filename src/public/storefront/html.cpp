#include "html.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "encoding/encoding.h"

namespace dermaga::storefront {

namespace {

constexpr std::size_t kDepthMax = 32;
constexpr std::array<std::string_view, 32> kRichTags = {
    "p",  "br", "hr", "ul", "ol",  "li",         "dl",   "dt",  "dd",    "strong", "em",
    "b",  "i",  "u",  "s",  "sub", "sup",        "code", "h2",  "h3",    "h4",     "h5",
    "h6", "tr", "td", "th", "div", "blockquote", "span", "pre", "table", "tbody"};
constexpr std::array<std::string_view, 2> kRichTagsWithoutEnd = {"br", "hr"};

struct Tag {
  std::string_view name;
  bool is_end = false;
  std::size_t length = 0;  // from '<' to '>'
};

// The tag at the start of `rest` ("<p>", "</p>", "<br/>"); nothing when it is any other markup.
std::optional<Tag> rich_tag(std::string_view rest) {
  const std::size_t end = rest.find('>');
  if (end == std::string_view::npos || end < 2) {
    return std::nullopt;
  }
  Tag tag{.name = rest.substr(1, end - 1), .length = end + 1};
  if (tag.name.starts_with('/')) {
    tag.is_end = true;
    tag.name.remove_prefix(1);
  } else if (tag.name.ends_with('/')) {
    tag.name.remove_suffix(1);
    while (tag.name.ends_with(' ')) tag.name.remove_suffix(1);
  }
  if (std::ranges::find(kRichTags, tag.name) == kRichTags.end()) {
    return std::nullopt;
  }
  return tag;
}

bool needs_no_end(std::string_view name) {
  return std::ranges::find(kRichTagsWithoutEnd, name) != kRichTagsWithoutEnd.end();
}

}  // namespace

void Html::text(std::string_view value) {
  out_ += encoding::html_escape(value);
}

void Html::rich_text(std::string_view markup) {
  if (is_rich_text(markup)) {
    out_ += markup;
  } else {
    element("p", {}, markup);
  }
}

void Html::open(std::string_view tag, Attributes attributes) {
  out_ += '<';
  out_ += tag;
  for (const Attribute& attribute : attributes) {
    if (!attribute.is_present) continue;
    out_ += ' ';
    out_ += attribute.name;
    if (attribute.is_flag) continue;
    out_ += "=\"";
    out_ += encoding::html_escape(attribute.value);
    out_ += '"';
  }
  out_ += '>';
}

void Html::close(std::string_view tag) {
  out_ += "</";
  out_ += tag;
  out_ += '>';
}

bool is_rich_text(std::string_view markup) {
  std::vector<std::string_view> open_tags;
  for (std::size_t at = markup.find('<'); at != std::string_view::npos;) {
    const std::optional<Tag> tag = rich_tag(markup.substr(at));
    if (!tag.has_value()) {
      return false;
    }
    if (tag->is_end) {
      if (open_tags.empty() || open_tags.back() != tag->name) return false;
      open_tags.pop_back();
    } else if (!needs_no_end(tag->name)) {
      if (open_tags.size() == kDepthMax) return false;
      open_tags.push_back(tag->name);
    }
    at = markup.find('<', at + tag->length);
  }
  return open_tags.empty();
}

std::string plain_text(std::string_view markup, std::size_t bytes_max) {
  constexpr std::array<std::pair<std::string_view, char>, 6> kEntities = {{{"&amp;", '&'},
                                                                           {"&lt;", '<'},
                                                                           {"&gt;", '>'},
                                                                           {"&quot;", '"'},
                                                                           {"&#39;", '\''},
                                                                           {"&nbsp;", ' '}}};
  std::string text;
  const auto append = [&text](char c) {
    const bool is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (is_space && (text.empty() || text.back() == ' ')) return;
    text += is_space ? ' ' : c;
  };
  for (std::size_t i = 0; i < markup.size() && text.size() <= bytes_max;) {
    if (markup[i] == '<') {
      const std::size_t end = markup.find('>', i);
      append(' ');
      i = end == std::string_view::npos ? markup.size() : end + 1;
      continue;
    }
    const auto* entity = std::ranges::find_if(
        kEntities, [&](const auto& known) { return markup.substr(i).starts_with(known.first); });
    append(entity == kEntities.end() ? markup[i] : entity->second);
    i += entity == kEntities.end() ? 1 : entity->first.size();
  }
  if (text.size() > bytes_max) {
    const std::size_t space = text.rfind(' ', bytes_max);
    text.resize(space == std::string::npos ? 0 : space);
    text += "…";
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace dermaga::storefront
