#include "form_fields.h"

#include <algorithm>
#include <string>

#include "icons.h"
#include "regions.h"

namespace dermaga::storefront {

namespace {

using enum Message;

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

std::string described_by(std::string_view id, bool has_hint) {
  const std::string error = std::string(id) + "-error";
  return has_hint ? std::string(id) + "-hint " + error : error;
}

void write_hint(Html& html, const Context& context, std::string_view id, Message hint) {
  html.element("p", {{"class", "hint"}, {"id", std::string(id) + "-hint"}}, context.say(hint));
}

}  // namespace

void write_error_place(Html& html, std::string_view id) {
  html.element(
      "p", {{"class", "field-error"}, {"id", std::string(id) + "-error"}, {"hidden", true}}, "");
}

void write_field(Html& html, const Context& context, const Field& field) {
  const bool has_hint = field.hint != kCount;
  html.element("div", {{"class", "field"}}, [&] {
    write_label(html, context, field.id, field.label, field.is_required);
    html.leaf("input", {{"id", field.id},
                        {"type", field.type},
                        {"inputmode", field.input_mode},
                        {"autocomplete", field.autocomplete},
                        {"maxlength", field.length_max},
                        {"required", field.is_required},
                        {"aria-describedby", described_by(field.id, has_hint)}});
    if (has_hint) {
      write_hint(html, context, field.id, field.hint);
    }
    write_error_place(html, field.id);
  });
}

void write_password(Html& html, const Context& context, const PasswordField& field) {
  html.element("div", {{"class", "field"}}, [&] {
    write_label(html, context, field.id, field.label, true);
    html.element("div", {{"class", "password"}}, [&] {
      html.leaf("input", {{"id", field.id},
                          {"type", "password"},
                          {"autocomplete", field.is_new ? "new-password" : "current-password"},
                          {"autocapitalize", "none"},
                          {"spellcheck", "false"},
                          {"required", true},
                          {"aria-describedby", described_by(field.id, field.is_new)}});
      html.element("button",
                   {{"class", "button button-small"},
                    {"type", "button"},
                    {"data-show-password", field.id},
                    {"aria-pressed", "false"},
                    {"aria-label", context.say(kPasswordShowLabel)},
                    {"hidden", true}},
                   context.say(kPasswordShow));
    });
    if (field.is_new) {
      write_hint(html, context, field.id, kPasswordHint);
    }
    write_error_place(html, field.id);
  });
}

void write_checkbox(Html& html, const Context& context, const Checkbox& checkbox) {
  html.element("div", {{"class", "checkbox"}}, [&] {
    html.leaf("input", {{"id", checkbox.id}, {"type", "checkbox"}});
    html.element("label", {{"for", checkbox.id}}, context.say(checkbox.label));
  });
}

void write_group(Html& html, const Context& context, Message title,
                 const std::function<void()>& fields) {
  html.element("fieldset", {{"class", "form-group"}}, [&] {
    html.element("legend", {}, context.say(title));
    fields();
  });
}

void write_address_fields(Html& html, const Context& context) {
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
}

void write_sealed_note(Html& html, const Context& context, Message text) {
  html.element("p", {{"class", "sealed-note"}}, [&] {
    html.raw(icons::kSeal);
    html.element("span", {}, context.say(text));
  });
}

}  // namespace dermaga::storefront
