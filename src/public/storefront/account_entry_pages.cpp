#include "form_fields.h"
#include "layout.h"
#include "pages.h"

namespace dermaga::storefront {

namespace {

using enum Message;

struct EntryForm {
  std::string_view id;
  Message action;
  bool is_hidden = false;  // until script knows that it is the one
};

// Where what went wrong is said, then the button. It waits for the script: without it the browser
// would send an empty form.
void write_form_end(Html& html, const Context& context, Message action) {
  html.element("div", {{"class", "form-error"}, {"role", "alert"}, {"data-form-error", true}}, "");
  html.element("button", {{"class", "button button-wide"}, {"type", "submit"}, {"disabled", true}},
               context.say(action));
}

void write_form(Html& html, const Context& context, const EntryForm& form,
                const std::function<void()>& fields) {
  html.element("form",
               {{"class", "account-card"},
                {"id", form.id},
                {"method", "post"},
                {"action", "/" + context.locale + context.path},
                {"novalidate", true},
                {"hidden", form.is_hidden}},
               [&] {
                 fields();
                 write_form_end(html, context, form.action);
               });
}

void write_way(Html& html, const Context& context, Message question, Message link,
               std::string_view path) {
  html.element("p", {{"class", "account-way"}}, [&] {
    if (question != kCount) {
      html.text(context.say(question));
      html.raw(" ");
    }
    html.element("a", {{"href", context.link(path)}, {"data-keep-return", true}},
                 context.say(link));
  });
}

void write_email(Html& html, const Context& context, Message hint) {
  write_field(html, context, {"email", kEmail, "username", "254", "email", "email", hint});
}

// The frame that these pages share: title, what script has to say, the body.
std::string entry_page(const Context& context, std::string_view name, Message title,
                       const std::function<void(Html&)>& body) {
  const PageHead head = private_head(context, std::string(name), title, kAccountDescription);
  return write_page(context, head, [&](Html& html) {
    html.element("div", {{"class", "wrap account-entry"}}, [&] {
      html.element("h1", {{"class", "page-title"}}, context.say(title));
      write_script_notice(html, context);
      html.element("div", {{"data-note", true}, {"role", "status"}}, "");
      body(html);
    });
  });
}

}  // namespace

std::string sign_in_page(const Context& context) {
  return entry_page(context, "account-sign-in", kSignIn, [&](Html& html) {
    write_form(html, context, {"sign-in", kSignIn}, [&] {
      write_sealed_note(html, context, kAccountSealedNote);
      write_email(html, context, kCount);
      write_password(html, context, {"password"});
      write_way(html, context, kCount, kSignInForgotten, "/account/reset");
    });
    html.element("button",
                 {{"class", "button button-quiet button-wide"},
                  {"type", "button"},
                  {"data-passkey", true},
                  {"hidden", true}},
                 context.say(kSignInWithPasskey));
    write_way(html, context, kSignInNoAccount, kSignUp, "/account/sign-up");
  });
}

std::string sign_up_page(const Context& context) {
  return entry_page(context, "account-sign-up", kSignUp, [&](Html& html) {
    write_form(html, context, {"sign-up", kSignUp}, [&] {
      write_sealed_note(html, context, kAccountSealedNote);
      write_field(html, context, {"name", kFullName, "name", "200"});
      write_email(html, context, kAccountEmailHint);
      write_password(html, context, {"password", kPassword, true});
      html.element("fieldset", {{"class", "form-group consents"}}, [&] {
        html.element("legend", {}, context.say(kConsents));
        html.element("p", {{"class", "hint"}}, context.say(kConsentsText));
        write_checkbox(html, context, {"consent-marketing_email", kConsentMarketing});
        write_checkbox(html, context, {"consent-recommendations", kConsentRecommendations});
      });
    });
    write_way(html, context, kSignUpHasAccount, kSignIn, "/account/sign-in");
  });
}

std::string verify_page(const Context& context) {
  return entry_page(context, "account-verify", kVerifyTitle, [&](Html& html) {
    write_form(html, context, {.id = "verify", .action = kVerifyAction, .is_hidden = true}, [&] {
      html.element("p", {}, context.say(kVerifyText));
      write_password(html, context, {"password"});
    });
    write_way(html, context, kCount, kBackToSignIn, "/account/sign-in");
  });
}

std::string reset_page(const Context& context) {
  return entry_page(context, "account-reset", kResetTitle, [&](Html& html) {
    write_form(html, context, {"reset-request", kResetAction}, [&] {
      html.element("p", {}, context.say(kResetText));
      write_email(html, context, kCount);
    });
    write_form(html, context, {.id = "reset-set", .action = kResetSetAction, .is_hidden = true},
               [&] {
                 html.element("p", {}, context.say(kResetSetText));
                 write_password(html, context, {"password", kPasswordNew, true});
               });
    write_way(html, context, kCount, kBackToSignIn, "/account/sign-in");
  });
}

}  // namespace dermaga::storefront
