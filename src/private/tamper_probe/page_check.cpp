#include "page_check.h"

#include <algorithm>
#include <array>

#include "markup/markup.h"
#include "page_policy/page_forms.h"
#include "page_policy/page_policy.h"

namespace dermaga::tamper_probe {

namespace {

constexpr std::size_t kShownBytesMax = 120;
constexpr std::size_t kFindingsMax = 20;  // of one page; more say no more
constexpr std::string_view kPageType = "text/html; charset=utf-8";

// They bring something to a page, or take it elsewhere, past its markup.
constexpr std::array<std::string_view, 6> kUnwantedHeaders = {
    "Link",      "Refresh",
    "Location",  "Service-Worker-Allowed",
    "SourceMap", "Access-Control-Allow-Origin"};

constexpr std::array<std::string_view, 12> kUnwantedElements = {
    "style", "iframe", "frame", "frameset", "object",   "embed",
    "base",  "applet", "audio", "video",    "template", "math"};

constexpr std::array<std::string_view, 8> kAddresses = {
    "href", "src", "action", "formaction", "data", "poster", "background", "xlink:href"};

constexpr std::array<std::string_view, 5> kInlineAttributes = {"style", "srcdoc", "nonce", "ping",
                                                               "http-equiv"};

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

template <std::size_t count>
bool is_one_of(std::string_view text, const std::array<std::string_view, count>& known) {
  return std::ranges::find(known, text) != known.end();
}

class PageChecker {
 public:
  PageChecker(const Expectation& expected, const std::string& where, std::string_view page_name,
              std::vector<Finding>& findings)
      : expected_(expected),
        where_(where),
        forms_(page_policy::known_forms(page_name)),
        findings_(findings) {}

  void check(const std::vector<markup::Element>& page) {
    for (std::size_t i = 0; i < page.size() && found_ < kFindingsMax; ++i) {
      const std::string form = page_policy::form_of(page, i);
      if (forms_ != nullptr && !forms_->contains(form)) {
        add("an element that such a page does not have: " + shown(form));
      }
      check_element(page[i]);
    }
    if (found_ < kFindingsMax) {
      require(has_script_, "script", expected_.manifest.script);
      require(has_style_, "style sheet", expected_.manifest.style);
    }
  }

 private:
  void add(std::string what) {
    findings_.push_back({where_, std::move(what)});
    ++found_;
  }

  void require(bool is_there, std::string_view what, const std::string& file) {
    if (!is_there) {
      add("does not load its " + std::string(what) + " " + file);
    }
  }

  // The manifest's file behind an address of this shop; empty where there is none.
  std::string asset(std::string_view address) const {
    if (address.starts_with(expected_.public_url)) {
      address.remove_prefix(expected_.public_url.size());
    }
    if (!address.starts_with(kAssetsPath)) {
      return {};
    }
    const std::string file(address.substr(kAssetsPath.size()));
    return expected_.manifest.files.contains(file) ? file : std::string();
  }

  // A path of this host, a place on the page, or the shop's own address in full.
  bool is_own(std::string_view address) const {
    if (address.starts_with(expected_.public_url)) {
      address.remove_prefix(expected_.public_url.size());
      return address.empty() || address.starts_with('/');
    }
    return address.starts_with('#') ||
           (address.starts_with('/') && !address.starts_with("//") && !address.contains('\\'));
  }

  void check_element(const markup::Element& element) {
    if (is_one_of(element.name, kUnwantedElements)) {
      add("an element <" + shown(element.name) + ">");
    }
    for (const markup::Attribute& attribute : element.attributes) {
      if (attribute.name.starts_with("on") || is_one_of(attribute.name, kInlineAttributes)) {
        add("an attribute " + shown(attribute.name) + " on <" + shown(element.name) + ">");
      }
      if (is_one_of(attribute.name, kAddresses) && !is_own(attribute.value)) {
        add("a foreign address on <" + shown(element.name) + ">: " + shown(attribute.value));
      }
    }
    if (element.name == "script") {
      check_script(element);
    } else if (element.name == "link") {
      check_link(element);
    }
  }

  void check_script(const markup::Element& script) {
    if (script.has_text) {
      add("an inline script");
    }
    const markup::Attribute* source = script.find("src");
    const std::string file = source == nullptr ? std::string() : asset(source->value);
    if (file.empty()) {
      add("a script that was not accepted: " + shown(source == nullptr ? "none" : source->value));
    }
    has_script_ = has_script_ || (!file.empty() && file == expected_.manifest.script);
  }

  void check_link(const markup::Element& link) {
    const markup::Attribute* kind = link.find("rel");
    const markup::Attribute* address = link.find("href");
    const std::string rel = kind == nullptr ? std::string() : kind->value;
    if (rel == "canonical" || rel == "alternate") {
      return;  // leads somewhere, loads nothing; that it is our own was checked
    }
    const std::string file = address == nullptr ? std::string() : asset(address->value);
    if (file.empty() ||
        (rel != "stylesheet" && rel != "modulepreload" && rel != "preload" && rel != "icon")) {
      add("a link (" + shown(rel) +
          ") to what was not accepted: " + shown(address == nullptr ? "none" : address->value));
    }
    has_style_ = has_style_ || (rel == "stylesheet" && file == expected_.manifest.style);
  }

  const Expectation& expected_;
  const std::string& where_;
  const std::set<std::string, std::less<>>* forms_;
  std::vector<Finding>& findings_;
  std::size_t found_ = 0;
  bool has_script_ = false;
  bool has_style_ = false;
};

std::vector<std::string> values_of(const http::ClientResponse& response, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [known, value] : response.headers) {
    if (equal_ignoring_case(known, name)) {
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kShownBytesMax)) {
    out += c >= ' ' && c < 0x7f ? c : '?';
  }
  return out + (text.size() > kShownBytesMax ? "..." : "");
}

void check_headers(const Expectation& expected, const std::string& where,
                   const http::ClientResponse& response, std::vector<Finding>& findings) {
  const auto add = [&](std::string what) { findings.push_back({where, std::move(what)}); };
  const auto require = [&](const std::string& name, const std::vector<std::string>& allowed) {
    const auto values = values_of(response, name);
    if (values.empty()) {
      add("no header " + name);
    } else if (values.size() > 1 || std::ranges::find(allowed, values.front()) == allowed.end()) {
      add("header " + name + " is " + shown(values.front()) +
          (values.size() > 1 ? ", and there is more than one" : ""));
    }
  };
  for (const auto& [name, value] : page_policy::page_security_headers("")) {
    require(name, value.empty() ? expected.policies : std::vector<std::string>{value});
  }
  require("X-Content-Type-Options", {std::string(page_policy::kContentTypeOptions)});
  require("Strict-Transport-Security", {std::string(page_policy::kStrictTransportSecurity)});
  require("Content-Type", {std::string(kPageType)});
  for (const std::string_view name : kUnwantedHeaders) {
    if (const auto values = values_of(response, name); !values.empty()) {
      add("a header " + std::string(name) + ": " + shown(values.front()));
    }
  }
}

void check_markup(const Expectation& expected, const std::string& where, std::string_view page_name,
                  std::string_view html, std::vector<Finding>& findings) {
  const auto page = markup::read_page(html);
  if (!page.has_value()) {
    findings.push_back({where, "is not written as our pages are: " + page.error().message()});
    return;
  }
  PageChecker(expected, where, page_name, findings).check(*page);
}

}  // namespace dermaga::tamper_probe
