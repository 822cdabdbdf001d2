#include "icons.h"
#include "ids/ids.h"
#include "layout.h"
#include "pages.h"

namespace dermaga::storefront {

namespace {

using enum Message;

}  // namespace

std::string cart_page(const Context& context) {
  const PageHead head = private_head(context, "cart", kCartTitle, kCartDescription);
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap"}}, [&] {
      html.element("h1", {{"class", "page-title"}}, context.say(kCartTitle));
      write_script_notice(html, context);
      html.element("div", {{"class", "cart"}, {"data-cart", true}}, "");
    });
  });
}

std::optional<std::string> order_page(const Context& context, const std::string& order_id) {
  const auto id = OrderId::parse(order_id);
  if (!id.has_value()) {
    return std::nullopt;
  }
  const PageHead head = private_head(context, "order", kOrderTitle, kOrderDescription);
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap order"}}, [&] {
      html.element("h1", {{"class", "page-title"}}, context.say(kOrderTitle));
      html.element("p", {{"class", "order-number"}}, [&] {
        html.text(context.say(kOrderNumber));
        html.raw(" ");
        html.element("code", {}, id->str());
      });
      write_script_notice(html, context);
      html.element("div", {{"data-order", id->str()}}, "");
    });
  });
}

std::string privacy_page(const Context& context) {
  const PageHead head{
      .name = "privacy",
      .title = std::string(context.say(kPrivacyTitle)),
      .description = context.say(kPrivacyDescription, {{"shop", context.shop_name()}})};
  constexpr std::pair<Message, Message> kSections[] = {
      {kPrivacySealTitle, kPrivacySealText},    {kPrivacyZonesTitle, kPrivacyZonesText},
      {kPrivacySeenTitle, kPrivacySeenText},    {kPrivacyReadTitle, kPrivacyReadText},
      {kPrivacyCardsTitle, kPrivacyCardsText},  {kPrivacyBrowserTitle, kPrivacyBrowserText},
      {kPrivacyLimitsTitle, kPrivacyLimitsText}};
  return write_page(context, head, [&](Html& html) {
    html.element("article", {{"class", "wrap prose-page"}}, [&] {
      html.raw(icons::kSeal);
      html.element("h1", {{"class", "page-title"}}, context.say(kPrivacyTitle));
      html.element("p", {{"class", "lead"}}, context.say(kPrivacyLead));
      for (const auto& [title, text] : kSections) {
        html.element("section", {}, [&] {
          html.element("h2", {}, context.say(title));
          html.element("p", {}, context.say(text));
        });
      }
    });
  });
}

std::string not_found_page(const Context& context) {
  const PageHead head{.name = "plain",
                      .title = std::string(context.say(kNotFoundTitle)),
                      .description = std::string(context.say(kNotFoundText)),
                      .is_indexable = false};
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap notice"}}, [&] {
      html.raw(icons::kPier);
      html.element("h1", {}, context.say(kNotFoundTitle));
      html.element("p", {}, context.say(kNotFoundText));
      html.element("a", {{"class", "button"}, {"href", context.link("/")}},
                   context.say(kNotFoundAction));
    });
  });
}

}  // namespace dermaga::storefront
