#include "html_token.h"

#include <algorithm>
#include <array>

namespace dermaga::catalog {

namespace {

constexpr std::string_view kSpace = " \t\n\r\f";
constexpr std::size_t kAttributesMax = 32;
constexpr std::array<std::string_view, 19> kHiddenContent = {
    "script", "style",    "iframe", "noscript",  "noembed", "noframes", "template",
    "title",  "textarea", "xmp",    "plaintext", "svg",     "math",     "object",
    "select", "audio",    "video",  "canvas",    "head"};

bool is_space(char c) {
  return kSpace.find(c) != std::string_view::npos;
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() && std::ranges::equal(text, lower_case, {}, lower);
}

}  // namespace

bool HtmlTokenizer::next(HtmlToken& token) {
  while (!at_end()) {
    token = HtmlToken{};
    if (html_[position_] != '<' || !starts_tag()) {
      read_text(token);
      return true;
    }
    const char after = html_[position_ + 1];
    if (after == '!' || after == '?') {
      skip_markup();
    } else if (read_tag(token)) {
      return true;
    }
  }
  return false;
}

bool HtmlTokenizer::starts_tag() const {
  const std::string_view rest = html_.substr(position_ + 1, 2);
  if (rest.empty()) {
    return false;
  }
  return is_letter(rest[0]) || rest[0] == '!' || rest[0] == '?' ||
         (rest[0] == '/' && rest.size() > 1 && is_letter(rest[1]));
}

// One run up to the next '<'; a '<' that starts no tag is text by itself.
void HtmlTokenizer::read_text(HtmlToken& token) {
  const std::size_t end = std::min(html_.find('<', position_ + 1), html_.size());
  token.text = html_.substr(position_, end - position_);
  position_ = end;
}

void HtmlTokenizer::skip_markup() {
  const bool comment = html_.substr(position_).starts_with("<!--");
  const std::string_view end = comment ? "-->" : ">";
  // "<!-->" and "<!--->" are whole comments.
  const std::size_t found = html_.find(end, position_ + 2);
  position_ = found == std::string_view::npos ? html_.size() : found + end.size();
}

void HtmlTokenizer::skip_space() {
  while (!at_end() && is_space(html_[position_])) {
    ++position_;
  }
}

bool HtmlTokenizer::read_tag(HtmlToken& token) {
  const bool closing = html_[position_ + 1] == '/';
  token.kind = closing ? HtmlToken::Kind::kClose : HtmlToken::Kind::kOpen;
  position_ += closing ? 2 : 1;
  const std::size_t end = std::min(html_.find_first_of(" \t\n\r\f/>", position_), html_.size());
  token.name = lowered(html_.substr(position_, end - position_));
  position_ = end;
  if (!read_attributes(token)) {
    return false;
  }
  if (!closing && std::ranges::find(kHiddenContent, token.name) != kHiddenContent.end()) {
    skip_content_of(token.name);
    return false;
  }
  return true;
}

// Up to and including '>'. False when the text ends before it.
bool HtmlTokenizer::read_attributes(HtmlToken& token) {
  while (true) {
    while (!at_end() && (is_space(html_[position_]) || html_[position_] == '/')) {
      ++position_;
    }
    if (at_end()) {
      return false;
    }
    if (html_[position_] == '>') {
      ++position_;
      return true;
    }
    // An '=' may begin a name, as in browsers.
    const std::size_t end =
        std::min(html_.find_first_of(" \t\n\r\f/>=", position_ + 1), html_.size());
    std::string name = lowered(html_.substr(position_, end - position_));
    position_ = end;
    skip_space();
    std::string_view value;
    if (!at_end() && html_[position_] == '=') {
      ++position_;
      skip_space();
      value = read_value();
    }
    if (token.attributes.size() < kAttributesMax) {
      token.attributes.emplace_back(std::move(name), value);
    }
  }
}

std::string_view HtmlTokenizer::read_value() {
  if (at_end() || html_[position_] == '>') {
    return {};
  }
  const char quote = html_[position_];
  if (quote == '"' || quote == '\'') {
    const std::size_t start = position_ + 1;
    const std::size_t end = std::min(html_.find(quote, start), html_.size());
    position_ = std::min(end + 1, html_.size());
    return html_.substr(start, end - start);
  }
  const std::size_t start = position_;
  position_ = std::min(html_.find_first_of(" \t\n\r\f>", start), html_.size());
  return html_.substr(start, position_ - start);
}

// To behind the matching end tag, or to the end where there is none.
void HtmlTokenizer::skip_content_of(std::string_view name) {
  while (true) {
    const std::size_t found = html_.find("</", position_);
    if (found == std::string_view::npos) {
      position_ = html_.size();
      return;
    }
    position_ = found + 2;
    if (equals_ignoring_case(html_.substr(position_, name.size()), name)) {
      position_ += name.size();
      if (at_end() || is_space(html_[position_]) || html_[position_] == '/' ||
          html_[position_] == '>') {
        position_ = std::min(html_.find('>', position_), html_.size() - 1) + 1;
        return;
      }
    }
  }
}

}  // namespace dermaga::catalog
