#include <algorithm>
#include <string>

#include "icons.h"
#include "layout.h"
#include "pages.h"
#include "regions.h"

namespace dermaga::storefront {

namespace {

using enum Message;

struct Field {
  std::string_view id;
  Message label;
  std::string_view autocomplete;
  std::string_view length_max;
  std::string_view type = "text";
  std::string_view input_mode = "text";
  Message hint = kCount;  // kCount: none
  bool is_required = true;
};

void write_label(Html& html, const Context& context, std::string_view id, Message label,
                 bool is_required) {
  html.element("label", {{"for", id}}, [&] {
    html.text(context.say(label));
    if (!is_required) {
      html.raw(" ");
      html.element("span", {{"class", "optional"}}, [&] {
        html.raw("(");
        html.text(context.say(kOptional));
        html.raw(")");
      });
    }
  });
}

void write_error_place(Html& html, std::string_view id) {
  html.element(
      "p", {{"class", "field-error"}, {"id", std::string(id) + "-error"}, {"hidden", true}}, "");
}

// Fields have no name: nothing of them can end up in an address, not even without script.
void write_field(Html& html, const Context& context, const Field& field) {
  const std::string hint_id = std::string(field.id) + "-hint";
  const std::string described_by =
      (field.hint == kCount ? "" : hint_id + " ") + std::string(field.id) + "-error";
  html.element("div", {{"class", "field"}}, [&] {
    write_label(html, context, field.id, field.label, field.is_required);
    html.leaf("input", {{"id", field.id},
                        {"type", field.type},
                        {"inputmode", field.input_mode},
                        {"autocomplete", field.autocomplete},
                        {"maxlength", field.length_max},
                        {"required", field.is_required},
                        {"aria-describedby", described_by}});
    if (field.hint != kCount) {
      html.element("p", {{"class", "hint"}, {"id", hint_id}}, context.say(field.hint));
    }
    write_error_place(html, field.id);
  });
}

bool ships_to(const pricing::Rules& rules, std::string_view country) {
  return std::ranges::any_of(rules.shipping, [country](const pricing::ShippingRule& rule) {
    return rule.countries.empty() ||
           std::ranges::find(rule.countries, country) != rule.countries.end();
  });
}

void write_country(Html& html, const Context& context) {
  const bool is_indonesian = context.language == Language::kIndonesian;
  html.element("div", {{"class", "field"}}, [&] {
    write_label(html, context, "country", kCountry, true);
    html.element("select",
                 {{"id", "country"}, {"autocomplete", "shipping country"}, {"required", true}},
                 [&] {
                   for (const Country& country : offered_countries()) {
                     if (!ships_to(context.view.snapshot().rules, country.code)) continue;
                     html.element("option", {{"value", country.code}},
                                  is_indonesian ? country.indonesian : country.english);
                   }
                 });
    write_error_place(html, "country");
  });
}

void write_province(Html& html, const Context& context) {
  html.element("div", {{"class", "field"}, {"id", "region-field"}}, [&] {
    write_label(html, context, "region", kProvince, true);
    html.element("select",
                 {{"id", "region"},
                  {"autocomplete", "shipping address-level1"},
                  {"required", true},
                  {"aria-describedby", "region-error"}},
                 [&] {
                   html.element("option", {{"value", ""}}, context.say(kProvinceChoose));
                   for (const Region& province : indonesian_provinces()) {
                     html.element("option", {{"value", province.code}}, province.name);
                   }
                 });
    write_error_place(html, "region");
  });
}

void write_group(Html& html, const Context& context, Message title,
                 const std::function<void()>& fields) {
  html.element("fieldset", {{"class", "form-group"}}, [&] {
    html.element("legend", {}, context.say(title));
    fields();
  });
}

void write_contact(Html& html, const Context& context) {
  write_group(html, context, kContact, [&] {
    write_field(html, context, {"name", kFullName, "shipping name", "200"});
    write_field(html, context, {"email", kEmail, "email", "254", "email", "email", kEmailHint});
    write_field(html, context, {"phone", kPhone, "tel", "32", "tel", "tel", kPhoneHint});
  });
}

void write_address(Html& html, const Context& context) {
  write_group(html, context, kShippingAddress, [&] {
    write_country(html, context);
    write_field(html, context, {"line1", kAddressLine1, "shipping address-line1", "200"});
    write_field(html, context,
                {.id = "line2",
                 .label = kAddressLine2,
                 .autocomplete = "shipping address-line2",
                 .length_max = "200",
                 .is_required = false});
    html.element("div", {{"class", "field-row"}}, [&] {
      write_field(html, context, {"city", kCity, "shipping address-level2", "100"});
      write_field(html, context,
                  {"postal", kPostalCode, "shipping postal-code", "16", "text", "numeric"});
    });
    write_province(html, context);
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
    write_field(html, context, {"card", kCardNumber, "cc-number", "23", "text", "numeric"});
    html.element("div", {{"class", "field-row"}}, [&] {
      write_field(html, context,
                  {"expiry", kCardExpiry, "cc-exp", "7", "text", "numeric", kCardExpiryHint});
      write_field(html, context, {"code", kCardCode, "cc-csc", "4", "text", "numeric"});
    });
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
                       html.element("p", {{"class", "sealed-note"}}, [&] {
                         html.raw(icons::kSeal);
                         html.element("span", {}, context.say(kCheckoutSealedNote));
                       });
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
