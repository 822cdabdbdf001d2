import type { AccountMessageKey } from "../messages/account_id";
import { PURPOSES } from "../seal/account";
import {
  requestPasswordReset,
  resetPassword,
  signIn,
  signInWithPasskey,
  signUp,
  verifyEmail,
} from "../shop/account";
import { isEmail, isPasswordLong } from "../shop/checks";
import { typed } from "../shop/form";
import { takeCode } from "../shop/mail_code";
import { assertWith, hasPasskeys } from "../shop/passkeys";
import { currentSession } from "../shop/session";
import { type Note, readHash } from "../shop/way_back";
import { h, need } from "../ui/dom";
import { link, locale } from "../ui/page";
import { tell } from "../ui/account_words";
import {
  type FormErrors,
  onPress,
  onSubmit,
  passwordIn,
  startPasswordButtons,
} from "./account_form";

const NOTES: Record<Note, AccountMessageKey> = {
  ended: "note_ended",
  "signed-out": "note_signed_out",
  erased: "note_erased",
};

function checkEmail(errors: FormErrors): FormErrors {
  const email = typed("email");
  if (email === "") errors.set("email", "error_required");
  else if (!isEmail(email)) errors.set("email", "error_email");
  return errors;
}

function checkPassword(errors: FormErrors): FormErrors {
  if (passwordIn("password") === "") errors.set("password", "error_required");
  return errors;
}

function checkNewPassword(errors: FormErrors): FormErrors {
  checkPassword(errors);
  if (errors.has("password") || isPasswordLong(passwordIn("password"))) return errors;
  return errors.set("password", "error_password_length");
}

function callout(title: string, ...content: HTMLElement[]): HTMLElement {
  return h("div", { class: "callout", tabindex: -1 }, h("h2", {}, title), ...content);
}

/** Puts a notice in place of the form. */
function finish(form: HTMLElement, notice: HTMLElement): void {
  form.replaceWith(notice);
  notice.focus();
}

/** What all these pages begin with; false where nothing can be sealed. */
function begin(): boolean {
  startPasswordButtons();
  const { hash } = location;
  for (const way of document.querySelectorAll<HTMLAnchorElement>("[data-keep-return]")) {
    if (hash.startsWith("#back=")) way.hash = hash.slice(1);
  }
  if (crypto.subtle !== undefined) return true;
  need("[data-note]").replaceChildren(h("p", { class: "callout" }, tell("secure_needed")));
  return false;
}

function goBack(): void {
  location.replace(link(readHash(location.hash).back));
}

export async function startSignIn(): Promise<void> {
  if (!begin()) return;
  const { note } = readHash(location.hash);
  if (note !== null) {
    need("[data-note]").replaceChildren(h("p", { class: "callout" }, tell(NOTES[note])));
  }
  const form = onSubmit("sign-in", {
    check: () => checkPassword(checkEmail(new Map())),
    run: async () => {
      await signIn(typed("email"), passwordIn("password"));
      goBack();
      return tell("loading");
    },
  });
  const passkey = need<HTMLButtonElement>("[data-passkey]");
  passkey.hidden = !hasPasskeys();
  onPress(passkey, need("[data-form-error]", form), async () => {
    await signInWithPasskey(assertWith);
    goBack();
    return tell("loading");
  });
  if ((await currentSession().catch(() => null)) !== null) goBack();
}

export function startSignUp(): void {
  if (!begin()) return;
  const form = onSubmit("sign-up", {
    check: () => {
      const errors: FormErrors = new Map();
      if (typed("name") === "") errors.set("name", "error_required");
      return checkNewPassword(checkEmail(errors));
    },
    run: async () => {
      const email = typed("email");
      const consents = PURPOSES.filter(
        (purpose) => need<HTMLInputElement>(`#consent-${purpose}`).checked,
      );
      await signUp(
        { name: typed("name"), email, password: passwordIn("password"), consents },
        locale,
      );
      const notice = callout(
        tell("mail_sent_title"),
        h("p", {}, tell("sign_up_sent", { email })),
        h("p", { class: "hint" }, tell("sign_up_sent_more")),
      );
      finish(form, notice);
      return "";
    },
  });
}

/** A mail's link may be opened in the tab that is here already: only the hash changes then. */
function onCode(use: (code: string) => void): void {
  const take = () => {
    const code = takeCode(location, history);
    if (code !== "") use(code);
  };
  window.addEventListener("hashchange", take);
  take();
}

export function startVerify(): void {
  if (!begin()) return;
  const form = need<HTMLFormElement>("#verify");
  const missing = callout(
    tell("code_missing_title"),
    h("p", {}, tell("code_missing_verify")),
    h("p", {}, h("a", { href: link("/account/sign-up") }, tell("to_sign_up"))),
    h("p", {}, h("a", { href: link("/account") }, tell("to_account"))),
  );
  form.before(missing);
  let code = "";
  onSubmit("verify", {
    check: () => checkPassword(new Map()),
    run: async () => {
      await verifyEmail(code, passwordIn("password"));
      location.replace(link("/account"));
      return tell("loading");
    },
  });
  onCode((taken) => {
    code = taken;
    missing.remove();
    form.hidden = false;
  });
}

export function startReset(): void {
  if (!begin()) return;
  const request = onSubmit("reset-request", {
    check: () => checkEmail(new Map()),
    run: async () => {
      const email = typed("email");
      await requestPasswordReset(email);
      const notice = callout(tell("mail_sent_title"), h("p", {}, tell("reset_sent", { email })));
      finish(request, notice);
      return "";
    },
  });
  let code = "";
  const set = onSubmit("reset-set", {
    check: () => checkNewPassword(new Map()),
    run: async () => {
      await resetPassword(code, passwordIn("password"));
      location.replace(link("/account"));
      return tell("loading");
    },
  });
  onCode((taken) => {
    code = taken;
    request.hidden = true;
    set.hidden = false;
  });
}
