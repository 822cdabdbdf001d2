#include <string>

#include "form_fields.h"
#include "layout.h"
#include "pages.h"

namespace dermaga::storefront {

namespace {

using enum Message;

struct Part {
  std::string_view id;
  Message title;
  void (*write)(Html&, const Context&);
  bool is_optional = false;  // shown by script, where the shop has it
};

// What went wrong or right with this form is said here.
void write_answer(Html& html) {
  html.element("div", {{"class", "form-answer"}, {"role", "status"}, {"data-answer", true}}, "");
}

struct Form {
  std::string_view id;
  Message action;
  bool is_dangerous = false;
  bool can_be_left = false;  // hidden at first, with a button that hides it again
};

void write_form(Html& html, const Context& context, const Form& form,
                const std::function<void()>& fields) {
  html.element(
      "form",
      {{"class", "account-form"},
       {"id", form.id},
       {"method", "post"},
       {"action", context.link("/account")},
       {"novalidate", true},
       {"hidden", form.can_be_left}},
      [&] {
        fields();
        write_answer(html);
        html.element("div", {{"class", "order-actions"}}, [&] {
          html.element("button",
                       {{"class", form.is_dangerous ? "button button-danger" : "button"},
                        {"type", "submit"}},
                       context.say(form.action));
          if (form.can_be_left) {
            html.element(
                "button",
                {{"class", "button button-quiet"}, {"type", "button"}, {"data-leave", form.id}},
                context.say(kCancel));
          }
        });
      });
}

void write_opener(Html& html, const Context& context, std::string_view form, Message text) {
  html.element("button",
               {{"class", "button button-small"}, {"type", "button"}, {"data-open", form}},
               context.say(text));
}

void write_profile(Html& html, const Context& context) {
  html.element("p", {{"class", "account-email"}, {"data-email", true}}, "");
  write_form(html, context, {"profile-form", kSave}, [&] {
    write_field(html, context, {"profile-name", kFullName, "name", "200"});
    write_field(html, context,
                {.id = "profile-phone",
                 .label = kPhone,
                 .autocomplete = "tel",
                 .length_max = "32",
                 .type = "tel",
                 .input_mode = "tel",
                 .is_required = false});
    html.element("div", {{"class", "field"}}, [&] {
      html.element("label", {{"for", "profile-locale"}}, context.say(kProfileLanguage));
      html.element("select", {{"id", "profile-locale"}}, [&] {
        for (const std::string& locale : context.view.snapshot().locales) {
          html.element("option", {{"value", locale}, {"lang", locale}},
                       say(language_of(locale), kLanguageName));
        }
      });
    });
  });
  write_answer(html);
  write_opener(html, context, "email-form", kEmailChange);
  write_form(
      html, context, {.id = "email-form", .action = kEmailChangeAction, .can_be_left = true}, [&] {
        html.element("h3", {}, context.say(kEmailChange));
        write_field(html, context,
                    {"email-new", kEmailNew, "email", "254", "email", "email", kEmailNewHint});
        write_password(html, context, {"email-password", kPasswordPresent});
      });
}

void write_addresses(Html& html, const Context& context) {
  html.element("ul", {{"class", "account-list"}, {"role", "list"}, {"data-addresses", true}}, "");
  write_answer(html);
  write_opener(html, context, "address-form", kAddressAdd);
  write_form(html, context, {.id = "address-form", .action = kAddressSave, .can_be_left = true},
             [&] {
               html.element("h3", {{"data-address-title", true}}, context.say(kAddressAdd));
               write_field(html, context, {"name", kAddressName, "shipping name", "200"});
               write_address_fields(html, context);
             });
}

void write_cards(Html& html, const Context& context) {
  html.element("p", {{"class", "hint"}}, context.say(kCardsText));
  html.element("ul", {{"class", "account-list"}, {"role", "list"}, {"data-cards", true}}, "");
  write_answer(html);
  write_opener(html, context, "card-form", kCardAdd);
  write_form(html, context, {.id = "card-form", .action = kCardSave, .can_be_left = true}, [&] {
    write_field(html, context, {"card", kCardNumber, "cc-number", "23", "text", "numeric"});
    write_field(html, context,
                {"expiry", kCardExpiry, "cc-exp", "7", "text", "numeric", kCardExpiryHint});
    html.element("p", {{"class", "hint"}}, context.say(kCardNoCode));
  });
}

void write_orders(Html& html, const Context& context) {
  html.element("ul", {{"class", "account-list"}, {"role", "list"}, {"data-orders", true}}, "");
  write_answer(html);
  html.element("button",
               {{"class", "button button-small"},
                {"type", "button"},
                {"data-orders-more", true},
                {"hidden", true}},
               context.say(kOrdersMore));
}

void write_passkeys(Html& html, const Context& context) {
  html.element("p", {{"class", "hint"}}, context.say(kPasskeysText));
  html.element("ul", {{"class", "account-list"}, {"role", "list"}, {"data-passkeys", true}}, "");
  write_answer(html);
  html.element("p", {{"class", "hint"}, {"data-passkeys-unknown", true}, {"hidden", true}},
               context.say(kPasskeysUnknown));
  write_opener(html, context, "passkey-form", kPasskeyAdd);
  write_form(html, context, {.id = "passkey-form", .action = kPasskeyAdd, .can_be_left = true},
             [&] {
               write_field(html, context,
                           {.id = "passkey-label",
                            .label = kPasskeyLabel,
                            .autocomplete = "off",
                            .length_max = "60",
                            .hint = kPasskeyLabelHint});
               write_password(html, context, {"passkey-password", kPasswordPresent});
             });
}

void write_password_change(Html& html, const Context& context) {
  write_opener(html, context, "password-form", kPasswordChange);
  write_answer(html);
  write_form(html, context, {.id = "password-form", .action = kPasswordChange, .can_be_left = true},
             [&] {
               write_password(html, context, {"password-present", kPasswordPresent});
               write_password(html, context, {"password-new", kPasswordNew, true});
             });
}

void write_sessions(Html& html, const Context& context) {
  html.element("p", {{"data-sessions", true}}, "");
  write_answer(html);
  html.element(
      "button",
      {{"class", "button button-small"}, {"type", "button"}, {"data-sign-out-everywhere", true}},
      context.say(kSignOutEverywhere));
}

void write_consents(Html& html, const Context& context) {
  html.element("p", {{"class", "hint"}}, context.say(kConsentsText));
  write_checkbox(html, context, {"consent-marketing_email", kConsentMarketing});
  write_checkbox(html, context, {"consent-recommendations", kConsentRecommendations});
  write_answer(html);
}

void write_export(Html& html, const Context& context) {
  html.element("p", {{"class", "hint"}}, context.say(kExportText));
  write_answer(html);
  html.element("button",
               {{"class", "button button-small"}, {"type", "button"}, {"data-export", true}},
               context.say(kExportAction));
}

void write_erase(Html& html, const Context& context) {
  html.element("p", {}, context.say(kEraseText));
  html.element("button",
               {{"class", "button button-danger"}, {"type", "button"}, {"data-open", "erase-form"}},
               context.say(kEraseOpen));
  write_form(
      html, context,
      {.id = "erase-form", .action = kEraseAction, .is_dangerous = true, .can_be_left = true}, [&] {
        write_checkbox(html, context, {"erase-understood", kEraseUnderstood});
        write_error_place(html, "erase-understood");
        write_password(html, context, {"erase-password", kPasswordPresent});
      });
}

constexpr Part kParts[] = {
    {"orders", kOrders, write_orders},          {"profile", kProfile, write_profile},
    {"addresses", kAddresses, write_addresses}, {"cards", kCards, write_cards, true},
    {"passkeys", kPasskeys, write_passkeys},    {"password", kPassword, write_password_change},
    {"sessions", kSessions, write_sessions},    {"consents", kConsents, write_consents},
    {"export", kExport, write_export},          {"erase", kErase, write_erase}};

void write_menu(Html& html, const Context& context) {
  html.element("nav", {{"class", "account-menu"}, {"aria-label", context.say(kAccountMenu)}}, [&] {
    for (const Part& part : kParts) {
      html.element("a", {{"href", "#" + std::string(part.id)}, {"hidden", part.is_optional}},
                   context.say(part.title));
    }
    html.element("button",
                 {{"class", "button button-small"}, {"type", "button"}, {"data-sign-out", true}},
                 context.say(kSignOut));
  });
}

}  // namespace

std::string account_page(const Context& context) {
  const PageHead head = private_head(context, "account", kAccountTitle, kAccountDescription);
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap account-page"}}, [&] {
      html.element("h1", {{"class", "page-title"}}, context.say(kAccountTitle));
      write_script_notice(html, context);
      html.element("div", {{"data-note", true}, {"role", "status"}}, "");
      // Shown once script has what belongs in it.
      html.element("div", {{"class", "account"}, {"data-account", true}, {"hidden", true}}, [&] {
        write_menu(html, context);
        html.element("div", {{"class", "account-parts"}}, [&] {
          for (const Part& part : kParts) {
            const std::string title_id = std::string(part.id) + "-title";
            html.element("section",
                         {{"class", "account-card"},
                          {"id", part.id},
                          {"aria-labelledby", title_id},
                          {"tabindex", "-1"},
                          {"hidden", part.is_optional}},
                         [&] {
                           html.element("h2", {{"id", title_id}}, context.say(part.title));
                           part.write(html, context);
                         });
          }
        });
      });
    });
  });
}

}  // namespace dermaga::storefront
