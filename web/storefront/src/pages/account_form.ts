import type { MessageKey } from "../messages/id";
import type { AccountMessageKey } from "../messages/account_id";
import { SignedOut } from "../shop/account";
import { clearErrorsOnInput, control, showError } from "../shop/form";
import { PasskeyDismissed } from "../shop/passkeys";
import { type Subject, accountMessage } from "../shop/refusals";
import { type Note, hashOf } from "../shop/way_back";
import { need } from "../ui/dom";
import { link, say } from "../ui/page";
import { tell } from "../ui/account_words";

/** Text that tells what became of something; read out at once when it is bad. */
export function answer(place: HTMLElement, text: string, isBad = false): void {
  place.setAttribute("role", isBad ? "alert" : "status");
  place.classList.toggle("is-bad", isBad);
  place.textContent = text;
}

function answerPlace(form: HTMLElement): HTMLElement {
  return need("[data-form-error], [data-answer]", form);
}

export function goToSignIn(back: string, note: Note | null): void {
  location.replace(link("/account/sign-in") + hashOf({ back, note }));
}

/** Goes to sign in where the page's session is over; whether that is so. Who is signed in goes on from there. */
export function leaveIfSignedOut(error: unknown, back = "/account"): boolean {
  if (!(error instanceof SignedOut)) return false;
  goToSignIn(back, "ended");
  return true;
}

/** Says what went wrong where it happened; a passkey dialog that was closed is nothing to tell. */
export function answerError(place: HTMLElement, error: unknown, subject?: Subject): void {
  if (leaveIfSignedOut(error)) return;
  if (error instanceof PasskeyDismissed) {
    answer(place, "");
    return;
  }
  const { key, values } = accountMessage(error, subject);
  answer(place, tell(key, values), true);
}

type ErrorKey = MessageKey | AccountMessageKey;
export type FormErrors = Map<string, ErrorKey>;

/** Both message files in one: field errors of the checkout's rules are worded there. */
function word(key: ErrorKey): string {
  switch (key) {
    case "error_email_same":
    case "error_password_length":
    case "error_label":
    case "error_understood":
      return tell(key);
    default:
      return say(key as MessageKey);
  }
}

/** Shows each field's message and goes to the first; whether there was none. */
function showErrors(form: HTMLFormElement, errors: ReadonlyMap<string, ErrorKey>): boolean {
  for (const place of form.querySelectorAll<HTMLElement>(".field-error")) {
    const field = place.id.replace(/-error$/, "");
    const message = errors.get(field);
    showError(field, message === undefined ? "" : word(message));
  }
  const first = form.querySelector<HTMLElement>("[aria-invalid]");
  if (first === null) return true;
  first.focus();
  const count = String(errors.size);
  const text =
    errors.size > 1 ? tell("check_fields_many", { count }) : tell("check_fields_one");
  answer(answerPlace(form), text, true);
  return false;
}

export interface Job {
  check: () => ReadonlyMap<string, ErrorKey>;
  /** What to say when it is done; "" when the page is left or says so itself. */
  run: () => Promise<string>;
  subject?: Subject;
}

/** A form that checks, sends once at a time and says what came of it. */
export function onSubmit(id: string, job: Job): HTMLFormElement {
  const form = need<HTMLFormElement>(`#${id}`);
  const place = answerPlace(form);
  let isBusy = false;
  clearErrorsOnInput(form);
  form.addEventListener("input", () => answer(place, ""));
  for (const button of form.querySelectorAll<HTMLButtonElement>("[type=submit]")) {
    button.disabled = false;
  }
  const submit = async () => {
    if (isBusy) return;
    answer(place, "");
    if (!showErrors(form, job.check())) return;
    isBusy = true;
    form.setAttribute("aria-busy", "true");
    answer(place, tell("loading"));
    try {
      answer(place, await job.run());
    } catch (error) {
      answerError(place, error, job.subject);
    }
    isBusy = false;
    form.removeAttribute("aria-busy");
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  return form;
}

/** A button that does one thing at a time, with what came of it told in `place`. */
export function onPress(button: HTMLButtonElement, place: HTMLElement, run: () => Promise<string>): void {
  button.addEventListener("click", () => {
    if (button.disabled) return;
    button.disabled = true;
    answer(place, tell("loading"));
    void run()
      .then((text) => answer(place, text))
      .catch((error: unknown) => answerError(place, error))
      .finally(() => {
        button.disabled = false;
      });
  });
}

/** A password exactly as typed: spaces count. */
export function passwordIn(field: string): string {
  return control(field).value;
}

export function clear(...fields: string[]): void {
  for (const field of fields) {
    control(field).value = "";
    showError(field, "");
  }
}

/** The buttons beside passwords; without script they would do nothing, so they are hidden till now. */
export function startPasswordButtons(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-show-password]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const input = need<HTMLInputElement>(`#${button.dataset["showPassword"] ?? ""}`);
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!isShown));
    });
  }
}

/** Buttons that open a form below them, and those in it that close it again. */
export function startOpeners(): void {
  for (const opener of document.querySelectorAll<HTMLElement>("[data-open]")) {
    opener.addEventListener("click", () => openForm(opener.dataset["open"] ?? ""));
  }
  for (const leaver of document.querySelectorAll<HTMLElement>("[data-leave]")) {
    leaver.addEventListener("click", () => closeForm(leaver.dataset["leave"] ?? ""));
  }
}

export function openForm(id: string): void {
  const form = need<HTMLFormElement>(`#${id}`);
  form.hidden = false;
  need(`[data-open="${id}"]`).hidden = true;
  form.dispatchEvent(new Event("opened"));
  form.querySelector<HTMLElement>("input, select")?.focus();
}

export function closeForm(id: string): void {
  const form = need<HTMLFormElement>(`#${id}`);
  const opener = need(`[data-open="${id}"]`);
  const hadFocus = form.contains(document.activeElement);
  form.reset(); // passwords do not wait in hidden forms
  showErrorsOff(form);
  form.hidden = true;
  opener.hidden = false;
  if (hadFocus) opener.focus();
  form.dispatchEvent(new Event("closed"));
}

function showErrorsOff(form: HTMLFormElement): void {
  for (const place of form.querySelectorAll<HTMLElement>(".field-error")) {
    showError(place.id.replace(/-error$/, ""), "");
  }
  answer(answerPlace(form), "");
}
