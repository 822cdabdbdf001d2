#include <string>

#include "form_fields.h"
#include "layout.h"
#include "pages.h"

namespace dermaga::storefront {

namespace {

using enum Message;

void write_contact(Html& html, const Context& context) {
  write_group(html, context, kContact, [&] {
    write_field(html, context, {"name", kFullName, "shipping name", "200"});
    write_field(html, context, {"email", kEmail, "email", "254", "email", "email", kEmailHint});
    write_field(html, context, {"phone", kPhone, "tel", "32", "tel", "tel", kPhoneHint});
  });
}

void write_address(Html& html, const Context& context) {
  write_group(html, context, kShippingAddress, [&] {
    html.element("div", {{"data-saved-addresses", true}}, "");
    write_address_fields(html, context);
    html.element("div", {{"data-save-address", true}}, "");
  });
}

void write_shipping(Html& html, const Context& context) {
  write_group(html, context, kShippingMethod, [&] {
    html.element("p", {{"class", "hint"}, {"data-shipping-hint", true}},
                 context.say(kShippingHint));
    html.element("div", {{"class", "methods"}, {"data-methods", true}}, [&] {
      for (const contract::ShippingMethod& method : context.view.snapshot().shipping_methods) {
        html.element(
            "label", {{"class", "method"}, {"data-method", method.method}, {"hidden", true}}, [&] {
              html.leaf("input",
                        {{"type", "radio"}, {"name", "shipping"}, {"value", method.method}});
              html.element("span", {}, context.text(method.title));
              html.element("strong", {{"data-method-price", true}}, "");
            });
      }
    });
    write_error_place(html, "shipping");
  });
}

void write_test_cards(Html& html, const Context& context) {
  constexpr std::pair<std::string_view, Message> kCards[] = {
      {"4242 4242 4242 4242", kTestCardApprove},
      {"4000 0000 0000 3220", kTestCardChallenge},
      {"4000 0000 0000 0259", kTestCardLate},
      {"4000 0000 0000 0002", kTestCardDecline}};
  html.element("div", {{"class", "test-cards"}}, [&] {
    html.element("h3", {}, context.say(kTestCards));
    html.element("p", {}, context.say(kTestCardsText));
    html.element("ul", {{"role", "list"}}, [&] {
      for (const auto& [number, meaning] : kCards) {
        html.element("li", {}, [&] {
          html.element("code", {}, number);
          html.element("span", {}, context.say(meaning));
          html.element(
              "button",
              {{"type", "button"},
               {"class", "button button-small"},
               {"data-test-card", number},
               {"aria-label", std::string(context.say(kTestCardUse)) + " " + std::string(number)}},
              context.say(kTestCardUse));
        });
      }
    });
  });
}

void write_payment(Html& html, const Context& context) {
  write_group(html, context, kPayment, [&] {
    html.element("p", {{"class", "hint"}}, context.say(kPaymentText));
    // Filled by script for whoever has an account, if the shop saves cards.
    html.element("div", {{"data-saved-cards", true}}, "");
    write_field(html, context, {"card", kCardNumber, "cc-number", "23", "text", "numeric"});
    html.element("div", {{"class", "field-row"}}, [&] {
      write_field(html, context,
                  {"expiry", kCardExpiry, "cc-exp", "7", "text", "numeric", kCardExpiryHint});
      write_field(html, context, {"code", kCardCode, "cc-csc", "4", "text", "numeric"});
    });
    html.element("div", {{"data-save-card", true}}, "");
    write_test_cards(html, context);
  });
}

void write_summary(Html& html, const Context& context) {
  html.element("aside", {{"class", "summary"}, {"aria-labelledby", "summary-title"}}, [&] {
    html.element("h2", {{"id", "summary-title"}}, context.say(kOrderSummary));
    html.element("div", {{"data-summary", true}, {"aria-live", "polite"}}, "");
    html.element("div", {{"class", "form-error"}, {"role", "alert"}, {"data-form-error", true}},
                 "");
    html.element("button",
                 {{"class", "button button-wide"}, {"type", "submit"}, {"disabled", true}},
                 context.say(kPlaceOrder));
    html.element("p", {{"class", "hint"}}, context.say(kPlaceOrderNote));
    html.element("a", {{"class", "quiet-link"}, {"href", context.link("/cart")}},
                 context.say(kBackToCart));
  });
}

}  // namespace

std::string checkout_page(const Context& context) {
  const PageHead head{
      .name = "checkout",
      .title = std::string(context.say(kCheckoutTitle)),
      .description = context.say(kCheckoutDescription, {{"shop", context.shop_name()}}),
      .is_indexable = false};
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap checkout"}}, [&] {
      html.element("h1", {{"class", "page-title"}}, context.say(kCheckoutTitle));
      write_script_notice(html, context);
      html.element("form",
                   {{"class", "checkout-form"},
                    {"id", "checkout"},
                    {"method", "post"},
                    {"action", context.link("/checkout")},
                    {"novalidate", true}},
                   [&] {
                     html.element("div", {{"class", "checkout-fields"}}, [&] {
                       html.element("div", {{"data-checkout-account", true}}, "");
                       write_sealed_note(html, context, kCheckoutSealedNote);
                       write_contact(html, context);
                       write_address(html, context);
                       write_shipping(html, context);
                       write_payment(html, context);
                     });
                     write_summary(html, context);
                   });
    });
  });
}

}  // namespace dermaga::storefront
