#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "context.h"
#include "html.h"

namespace dermaga::storefront {

// What a page says about itself.
struct PageHead {
  std::string name;   // "home", "product", …: which islands the script starts
  std::string title;  // the shop's name is put behind it
  std::string description;
  std::string canonical_query;  // "?page=2" where it makes another page
  std::string image;            // for Open Graph; "" for none
  bool is_indexable = true;
  std::string_view open_graph_type = "website";
};

// Of a page that search engines leave alone; {shop} stands in its description.
PageHead private_head(const Context& context, std::string name, Message title, Message description);

struct Crumb {
  std::string title;
  std::string address;  // "" for the page itself
};

// The whole document: head, header, <main> with the body in it, footer.
std::string write_page(const Context& context, const PageHead& head,
                       const std::function<void(Html&)>& body);

// A document that needs no catalog: header without menus, one message, one link.
struct PlainPage {
  Language language = Language::kEnglish;
  std::string_view title;
  std::string_view text;
  std::string_view action;
  std::string action_address;
};
std::string write_plain_page(const Assets& assets, const PlainPage& page);

void write_breadcrumbs(Html& html, const Context& context, const std::vector<Crumb>& crumbs);

// "The script is needed here", inside <noscript>.
void write_script_notice(Html& html, const Context& context);

}  // namespace dermaga::storefront
