#include "layout.h"

#include "icons.h"

namespace dermaga::storefront {

namespace {

using enum Message;

constexpr std::size_t kMenuCategoriesMax = 12;

void write_assets(Html& html, const Assets& assets) {
  if (!assets.icon.empty()) {
    html.leaf("link", {{"rel", "icon"}, {"type", "image/svg+xml"}, {"href", assets.icon}});
  }
  if (!assets.style.empty()) {
    html.leaf("link", {{"rel", "stylesheet"}, {"href", assets.style}});
  }
  if (!assets.script.empty()) {
    html.element("script", {{"type", "module"}, {"src", assets.script}}, "");
  }
}

void write_common_head(Html& html) {
  html.leaf("meta", {{"charset", "utf-8"}});
  html.leaf("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.leaf("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.leaf("meta", {{"name", "theme-color"},
                     {"content", "#f7f0e3"},
                     {"media", "(prefers-color-scheme: light)"}});
  html.leaf(
      "meta",
      {{"name", "theme-color"}, {"content", "#0b1d1f"}, {"media", "(prefers-color-scheme: dark)"}});
}

// The absolute address where the shop knows its own, else the path.
std::string absolute(const Context& context, std::string_view address) {
  return address.starts_with('/') ? std::string(context.public_url) + std::string(address)
                                  : std::string(address);
}

void write_alternates(Html& html, const Context& context, const PageHead& head) {
  const std::string rest = context.path + head.canonical_query;
  const std::string canonical = absolute(context, "/" + context.locale + rest);
  html.leaf("link", {{"rel", "canonical"}, {"href", canonical}});
  for (const std::string& locale : context.view.snapshot().locales) {
    const std::string address = absolute(context, "/" + locale + rest);
    html.leaf("link", {{"rel", "alternate"}, {"hreflang", locale}, {"href", address}});
  }
  const std::string fallback = absolute(context, "/" + context.view.default_locale() + rest);
  html.leaf("link", {{"rel", "alternate"}, {"hreflang", "x-default"}, {"href", fallback}});
}

void write_open_graph(Html& html, const Context& context, const PageHead& head) {
  const auto property = [&html](std::string_view name, std::string_view content) {
    html.leaf("meta", {{"property", name}, {"content", content}});
  };
  property("og:title", head.title);
  property("og:description", head.description);
  property("og:type", head.open_graph_type);
  property("og:site_name", context.shop_name());
  property("og:locale", context.say(kLocaleOpenGraph));
  property("og:url", absolute(context, "/" + context.locale + context.path + head.canonical_query));
  if (!head.image.empty()) {
    property("og:image", absolute(context, head.image));
  }
}

void write_head(Html& html, const Context& context, const PageHead& head) {
  html.element("head", {}, [&] {
    write_common_head(html);
    html.element("title", {},
                 head.name == "home" ? head.title : head.title + " · " + context.shop_name());
    html.leaf("meta", {{"name", "description"}, {"content", head.description}});
    if (!head.is_indexable) {
      html.leaf("meta", {{"name", "robots"}, {"content", "noindex, follow"}});
    }
    if (head.is_indexable) {
      write_alternates(html, context, head);
    }
    write_open_graph(html, context, head);
    write_assets(html, context.assets);
  });
}

void write_search_form(Html& html, const Context& context) {
  html.element("form",
               {{"class", "search"}, {"role", "search"}, {"action", context.link("/search")}}, [&] {
                 html.element("label", {{"class", "visually-hidden"}, {"for", "search-text"}},
                              context.say(kSearch));
                 html.leaf("input", {{"id", "search-text"},
                                     {"name", "q"},
                                     {"type", "search"},
                                     {"maxlength", "200"},
                                     {"placeholder", context.say(kSearchPlaceholder)},
                                     {"value", context.query.first("q")},
                                     {"autocomplete", "off"},
                                     {"enterkeyhint", "search"}});
                 html.element("button", {{"type", "submit"}, {"aria-label", context.say(kSearch)}},
                              [&] { html.raw(icons::kSearch); });
               });
}

void write_language_menu(Html& html, const Context& context) {
  html.element("nav", {{"class", "languages"}, {"aria-label", context.say(kMenuLanguage)}}, [&] {
    html.raw(icons::kGlobe);
    for (const std::string& locale : context.view.snapshot().locales) {
      const std::string address = "/" + locale + context.path + context.query.with("", "");
      html.element("a",
                   {{"href", address},
                    {"hreflang", locale},
                    {"lang", locale},
                    {"data-locale", locale},
                    {"aria-current", locale == context.locale ? "true" : "false"},
                    {"aria-label", say(language_of(locale), kLanguageName)}},
                   locale);
    }
  });
}

void write_header(Html& html, const Context& context) {
  html.element("header", {{"class", "site-header"}}, [&] {
    html.element("div", {{"class", "wrap bar"}}, [&] {
      html.element("a", {{"class", "brand"}, {"href", context.link("/")}}, [&] {
        html.raw(icons::kPier);
        html.element("span", {}, context.shop_name());
      });
      write_search_form(html, context);
      write_language_menu(html, context);
      html.element("a",
                   {{"class", "account-link"},
                    {"href", context.link("/account")},
                    {"aria-label", context.say(kAccountOpen)}},
                   [&] {
                     html.raw(icons::kPerson);
                     html.element("span", {{"class", "account-word"}}, context.say(kAccount));
                   });
      html.element("a",
                   {{"class", "cart-link"},
                    {"href", context.link("/cart")},
                    {"aria-label", context.say(kCartOpen)}},
                   [&] {
                     html.raw(icons::kCart);
                     html.element("span", {{"class", "cart-word"}}, context.say(kCart));
                     html.element("span", {{"class", "cart-badge"}, {"data-cart-badge", true}}, "");
                   });
    });
    html.element("nav", {{"class", "wrap menu"}, {"aria-label", context.say(kMenuMain)}}, [&] {
      html.element("a", {{"href", context.link("/search")}}, context.say(kAllProducts));
      std::size_t shown = 0;
      for (const product::Category& category : context.view.snapshot().assortment.categories) {
        if (shown++ == kMenuCategoriesMax) break;
        const std::string address = context.category_link(category);
        const bool is_here = address == context.link(context.path);
        html.element("a", {{"href", address}, {"aria-current", is_here ? "page" : "false"}},
                     context.text(category.title));
      }
    });
  });
}

void write_footer(Html& html, const Context& context) {
  html.element("footer", {{"class", "site-footer"}}, [&] {
    html.element("div", {{"class", "wrap footer-columns"}}, [&] {
      html.element("div", {}, [&] {
        html.element("p", {{"class", "footer-name"}}, context.shop_name());
        html.element("p", {}, context.say(kFooterPromise));
      });
      html.element("nav", {{"aria-label", context.say(kFooterShop)}}, [&] {
        html.element("h2", {}, context.say(kFooterShop));
        html.element("a", {{"href", context.link("/search")}}, context.say(kAllProducts));
        html.element("a", {{"href", context.link("/cart")}}, context.say(kCart));
        html.element("a", {{"href", context.link("/account")}}, context.say(kAccountTitle));
      });
      html.element("nav", {{"aria-label", context.say(kFooterHelp)}}, [&] {
        html.element("h2", {}, context.say(kFooterHelp));
        html.element("a", {{"href", context.link("/privacy")}}, context.say(kPrivacyTitle));
      });
    });
    html.element("p", {{"class", "wrap footer-made"}}, context.say(kFooterMade));
  });
}

void write_data(Html& html, const Context& context, const PageHead& head,
                const std::function<void(Html&)>& body) {
  const Currency currency = context.view.snapshot().rules.currency;
  html.element("body",
               {{"data-page", head.name},
                {"data-locale", context.locale},
                {"data-currency", currency.code()},
                {"data-currency-digits", std::to_string(currency.minor_digits())}},
               [&] {
                 html.element("a", {{"class", "skip"}, {"href", "#main"}},
                              context.say(kSkipToContent));
                 write_header(html, context);
                 html.element("main", {{"id", "main"}, {"tabindex", "-1"}}, [&] { body(html); });
                 write_footer(html, context);
               });
}

}  // namespace

std::string write_page(const Context& context, const PageHead& head,
                       const std::function<void(Html&)>& body) {
  Html html;
  html.raw("<!doctype html>\n");
  html.element("html", {{"lang", context.locale}}, [&] {
    write_head(html, context, head);
    write_data(html, context, head, body);
  });
  html.raw("\n");
  return html.take();
}

PageHead private_head(const Context& context, std::string name, Message title,
                      Message description) {
  return {.name = std::move(name),
          .title = std::string(context.say(title)),
          .description = context.say(description, {{"shop", context.shop_name()}}),
          .is_indexable = false};
}

std::string write_plain_page(const Assets& assets, const PlainPage& page) {
  const std::string_view locale = page.language == Language::kIndonesian ? "id" : "en";
  Html html;
  html.raw("<!doctype html>\n");
  html.element("html", {{"lang", locale}}, [&] {
    html.element("head", {}, [&] {
      write_common_head(html);
      html.element("title", {}, page.title);
      html.leaf("meta", {{"name", "robots"}, {"content", "noindex"}});
      write_assets(html, assets);
    });
    html.element("body", {{"data-page", "plain"}, {"data-locale", locale}}, [&] {
      html.element("main", {{"id", "main"}, {"class", "wrap notice"}}, [&] {
        html.raw(icons::kPier);
        html.element("h1", {}, page.title);
        html.element("p", {}, page.text);
        html.element("a", {{"class", "button"}, {"href", page.action_address}}, page.action);
      });
    });
  });
  html.raw("\n");
  return html.take();
}

void write_breadcrumbs(Html& html, const Context& context, const std::vector<Crumb>& crumbs) {
  html.element("nav", {{"class", "crumbs"}, {"aria-label", context.say(kBreadcrumbs)}}, [&] {
    html.element(
        "ol", {{"itemscope", true}, {"itemtype", "https://schema.org/BreadcrumbList"}}, [&] {
          for (std::size_t i = 0; i < crumbs.size(); ++i) {
            const Crumb& crumb = crumbs[i];
            html.element(
                "li",
                {{"itemprop", "itemListElement"},
                 {"itemscope", true},
                 {"itemtype", "https://schema.org/ListItem"}},
                [&] {
                  const auto name = [&] {
                    html.element("span", {{"itemprop", "name"}}, crumb.title);
                  };
                  if (crumb.address.empty()) {
                    html.element("span", {{"aria-current", "page"}}, name);
                  } else {
                    html.element("a", {{"itemprop", "item"}, {"href", crumb.address}}, name);
                    html.raw(icons::kChevron);
                  }
                  html.leaf("meta", {{"itemprop", "position"}, {"content", std::to_string(i + 1)}});
                });
          }
        });
  });
}

void write_script_notice(Html& html, const Context& context) {
  html.element("noscript", {}, [&] {
    html.element("div", {{"class", "callout"}}, [&] {
      html.element("h2", {}, context.say(kScriptNeededTitle));
      html.element("p", {}, context.say(kScriptNeededText));
    });
  });
}

}  // namespace dermaga::storefront
