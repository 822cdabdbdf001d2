#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "assets.h"
#include "catalog_view/view.h"
#include "messages.h"
#include "query.h"

namespace dermaga::storefront {

// What one page is made from. Lives as long as the request.
struct Context {
  const catalog_view::View& view;
  const Assets& assets;
  std::string_view public_url;
  std::string locale;  // one of the view's
  Language language = Language::kEnglish;
  std::string path;  // after the locale: "/", "/c/kopi"; not decoded
  PageQuery query;

  std::string_view say(Message message) const { return storefront::say(language, message); }
  std::string say(
      Message message,
      std::initializer_list<std::pair<std::string_view, std::string_view>> values) const {
    return storefront::say(language, message, values);
  }
  const std::string& text(const product::LocalizedText& localized) const {
    return view.text(localized, locale);
  }
  const std::string& shop_name() const { return view.snapshot().shop_name; }
  std::string money(const Money& amount) const { return format_money(amount, locale); }

  // The address of a page in this language.
  std::string link(std::string_view page_path) const {
    return "/" + locale + std::string(page_path);
  }
  std::string category_link(const product::Category& category) const {
    return link("/c/" + category.handle);
  }
  std::string product_link(const product::Product& product) const {
    return link("/p/" + product.handle);
  }
  const product::Category* category_of(const product::Product& product) const {
    return product.category ? view.find_category(product.category->str()) : nullptr;
  }
  // "1 product", "12 products".
  std::string product_count(std::size_t count) const {
    return count == 1 ? std::string(say(Message::kProductCountOne))
                      : say(Message::kProductCountMany, {{"count", std::to_string(count)}});
  }
};

}  // namespace dermaga::storefront
