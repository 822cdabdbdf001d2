#include "html.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "encoding/encoding.h"
#include "html_token.h"

namespace dermaga::catalog {

namespace {

constexpr std::size_t kDepthMax = 64;
constexpr std::string_view kLinkRel = "noopener noreferrer nofollow";
constexpr std::array<std::string_view, 17> kAllowed = {"p",     "br", "ul", "ol", "li", "strong",
                                                       "em",    "b",  "i",  "h2", "h3", "h4",
                                                       "table", "tr", "td", "th", "a"};
// Dropped, but what they part stays parted.
constexpr std::array<std::string_view, 16> kParting = {
    "div",   "section", "article", "blockquote", "pre", "header", "footer", "main",
    "aside", "figure",  "dl",      "dt",         "dd",  "hr",     "form",   "address"};

template <std::size_t kSize>
bool among(std::string_view name, const std::array<std::string_view, kSize>& names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_heading(std::string_view name) {
  return name == "h2" || name == "h3" || name == "h4";
}
bool is_list(std::string_view name) {
  return name == "ul" || name == "ol";
}
bool is_cell(std::string_view name) {
  return name == "td" || name == "th";
}
bool is_block(std::string_view name) {
  return name == "p" || name == "table" || is_list(name) || is_heading(name);
}

std::string_view renamed(std::string_view name) {
  if (name == "h1") return "h2";
  if (name == "h5" || name == "h6") return "h4";
  return name;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
}

// The length of a character reference at the start of text ("&amp;", "&#160;"), 0 when there is
// none.
std::size_t reference_size(std::string_view text) {
  const std::size_t end = text.substr(0, 34).find(';');
  if (end == std::string_view::npos || end < 2) {
    return 0;
  }
  const std::string_view name = text.substr(1, end - 1);
  const auto all = [](std::string_view part, auto accepts) {
    return !part.empty() && std::ranges::all_of(part, accepts);
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto hex = [&](char c) {
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name[0] == '#') {
    const bool is_hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    const bool good = is_hex ? all(name.substr(2), hex) : all(name.substr(1), digit);
    return good ? end + 1 : 0;
  }
  return letter(name[0]) && all(name, [&](char c) { return letter(c) || digit(c); }) ? end + 1 : 0;
}

// The character that a numeric or basic named reference stands for, ASCII only: all that the check
// of an address needs. Others stay as they are written.
std::optional<char> ascii_of(std::string_view reference) {
  const std::string_view name = reference.substr(1, reference.size() - 2);
  if (name == "amp") return '&';
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "quot") return '"';
  if (name == "apos") return '\'';
  if (name == "colon") return ':';
  if (name == "sol") return '/';
  if (name == "bsol") return '\\';
  if (name == "Tab" || name == "NewLine") return '\n';
  if (name[0] != '#') return std::nullopt;
  const bool is_hex = name[1] == 'x' || name[1] == 'X';
  std::uint32_t code = 0;
  for (const char c : name.substr(is_hex ? 2 : 1)) {
    const int value = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    code = std::min<std::uint32_t>(code * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(value),
                                   0x110000);
  }
  return code < 0x80 ? std::optional(static_cast<char>(code)) : std::nullopt;
}

void append_text(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t reference = text[i] == '&' ? reference_size(text.substr(i)) : 0;
    if (reference > 0) {
      out.append(text.substr(i, reference));
      i += reference;
      continue;
    }
    if (!is_control(text[i])) {
      out.append(encoding::html_escape(text.substr(i, 1)));
    }
    ++i;
  }
}

std::string decoded_address(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size();) {
    const std::size_t reference = raw[i] == '&' ? reference_size(raw.substr(i)) : 0;
    const auto ascii = reference > 0 ? ascii_of(raw.substr(i, reference)) : std::nullopt;
    const char c = ascii.value_or(raw[i]);
    i += ascii.has_value() ? reference : 1;
    // Browsers skip white space and control characters inside addresses.
    if (static_cast<unsigned char>(c) > 0x20 && c != 0x7F) {
      out.push_back(c);
    }
  }
  return out;
}

// https, or relative to the shop; never another scheme, host or a backslash that stands for one.
bool is_safe_address(std::string_view address) {
  if (address.empty() || address.size() > 2'048 || address.find('\\') != std::string_view::npos) {
    return false;
  }
  if (address.starts_with("https://")) {
    return address.size() > std::string_view("https://").size();
  }
  const std::string_view before_path = address.substr(0, address.find_first_of("/?#"));
  return !address.starts_with("//") && before_path.find(':') == std::string_view::npos;
}

class Sanitiser {
 public:
  std::string run(std::string_view html) {
    HtmlTokenizer tokenizer(html);
    HtmlToken token;
    while (tokenizer.next(token)) {
      const std::string_view name = renamed(token.name);
      if (token.kind == HtmlToken::Kind::kText) {
        append_text(out_, token.text);
      } else if (!among(name, kAllowed)) {
        part(name);
      } else if (token.kind == HtmlToken::Kind::kClose) {
        close(name);
      } else {
        open(name, token);
      }
    }
    pop_to(0);
    return std::move(out_);
  }

 private:
  void part(std::string_view name) {
    if (among(name, kParting) && !out_.empty() && out_.back() != ' ' && out_.back() != '\n') {
      out_.push_back(' ');
    }
  }

  // The position of the innermost open `name`, looking no further out than a table cell.
  template <typename Match>
  std::optional<std::size_t> innermost(Match matches, bool beyond_cells = false) const {
    for (std::size_t i = open_.size(); i > 0; --i) {
      if (matches(open_[i - 1])) {
        return i - 1;
      }
      if (!beyond_cells && is_cell(open_[i - 1])) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  void pop_to(std::size_t depth) {
    while (open_.size() > depth) {
      out_.append("</").append(open_.back()).append(">");
      open_.pop_back();
    }
  }

  void close(std::string_view name) {
    const bool structure = name == "table" || name == "tr" || is_cell(name);
    const auto found = innermost([name](std::string_view open) { return open == name; }, structure);
    if (found.has_value()) {
      pop_to(*found);
    }
  }

  template <typename Match>
  void close_innermost(Match matches) {
    if (const auto found = innermost(matches); found.has_value()) {
      pop_to(*found);
    }
  }

  // Closes what `name` may not stand in; false when it may not stand here at all.
  bool make_room(std::string_view name) {
    const auto is = [](std::string_view wanted) {
      return [wanted](std::string_view open) { return open == wanted; };
    };
    if (name == "li") {
      const auto list = innermost(is_list);
      const auto item = innermost(is("li"));
      if (list.has_value() && (!item.has_value() || *item < *list)) {
        pop_to(*list + 1);
      } else if (item.has_value()) {
        pop_to(*item);
      }
      return list.has_value();
    }
    if (name == "tr" || is_cell(name)) {
      const auto parent = innermost(is(name == "tr" ? "table" : "tr"), true);
      const auto table = innermost(is("table"), true);
      if (!parent.has_value() || !table.has_value() || *parent < *table) {
        return false;
      }
      pop_to(*parent + 1);
      return true;
    }
    if (!open_.empty() &&
        (is_list(open_.back()) || open_.back() == "table" || open_.back() == "tr")) {
      return false;
    }
    if (is_block(name)) {
      close_innermost([](std::string_view open) { return open == "p" || is_heading(open); });
    }
    if (name == "a") {
      close_innermost(is("a"));
    }
    return true;
  }

  void open(std::string_view name, const HtmlToken& token) {
    if (name == "br") {
      out_.append("<br>");
      return;
    }
    std::string address;
    if (name == "a") {
      const auto href =
          std::ranges::find(token.attributes, "href", [](const auto& a) { return a.first; });
      address = href == token.attributes.end() ? "" : decoded_address(href->second);
      if (!is_safe_address(address)) {
        return;
      }
    }
    if (open_.size() >= kDepthMax || !make_room(name)) {
      return;
    }
    open_.emplace_back(name);
    out_.append("<").append(name);
    if (name == "a") {
      out_.append(" href=\"")
          .append(encoding::html_escape(address))
          .append("\" rel=\"")
          .append(kLinkRel)
          .append("\"");
    }
    out_.append(">");
  }

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace

std::string sanitise_html(std::string_view html) {
  return Sanitiser().run(html);
}

}  // namespace dermaga::catalog
