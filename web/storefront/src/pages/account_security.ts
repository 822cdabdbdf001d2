import type { Passkey, Profile } from "../seal/account";
import type { Shopper } from "../shop/account";
import { isLabel, isPasswordLong } from "../shop/checks";
import { typed } from "../shop/form";
import { attestWith, hasPasskeys } from "../shop/passkeys";
import { need } from "../ui/dom";
import { day, tell } from "../ui/account_words";
import {
  type FormErrors,
  answer,
  answerError,
  clear,
  closeForm,
  goToSignIn,
  onPress,
  onSubmit,
  passwordIn,
} from "./account_form";
import { emptyRow, rowOf } from "./account_list";
import type { Part, Show } from "./account_part";

function needPassword(errors: FormErrors, field: string): FormErrors {
  if (passwordIn(field) === "") errors.set(field, "error_required");
  return errors;
}

export class PasskeysPart implements Part {
  private readonly list = need("[data-passkeys]");
  private readonly place = need("#passkeys > [data-answer]");

  constructor(
    private readonly shopper: Shopper,
    private readonly showAll: Show,
  ) {
    if (!hasPasskeys()) {
      need('[data-open="passkey-form"]').hidden = true;
      need("[data-passkeys-unknown]").hidden = false;
    }
    onSubmit("passkey-form", {
      check: () => {
        const errors: FormErrors = new Map();
        if (!isLabel(typed("passkey-label"))) errors.set("passkey-label", "error_label");
        return needPassword(errors, "passkey-password");
      },
      run: () => this.add(),
    });
  }

  show({ passkeys }: Profile): void {
    const rows = passkeys.map((passkey) =>
      rowOf({
        title: passkey.label,
        lines: [
          tell("passkey_created", { date: day(passkey.created_at) }),
          passkey.last_used_at === null
            ? tell("passkey_unused")
            : tell("passkey_used", { date: day(passkey.last_used_at) }),
        ],
        edit: null,
        remove: {
          label: tell("remove_passkey_of", { name: passkey.label }),
          run: () => void this.remove(passkey),
        },
      }),
    );
    this.list.replaceChildren(...(rows.length === 0 ? [emptyRow(tell("passkeys_none"))] : rows));
  }

  private async add(): Promise<string> {
    const label = typed("passkey-label");
    const password = passwordIn("passkey-password").normalize("NFC");
    const { options } = await this.shopper.call("account.passkey_registration_options", { password });
    const attestation = await attestWith(options);
    const profile = await this.shopper.call("account.add_passkey", { label, ...attestation });
    closeForm("passkey-form");
    this.showAll(profile);
    answer(this.place, tell("passkey_added"));
    return "";
  }

  private async remove(passkey: Passkey): Promise<void> {
    try {
      this.showAll(await this.shopper.call("account.remove_passkey", { id: passkey.id }));
      answer(this.place, tell("passkey_removed"));
    } catch (error) {
      answerError(this.place, error);
    }
  }
}

/** The password, and the other devices that are signed in. */
export class SessionsPart implements Part {
  constructor(shopper: Shopper, showAll: Show) {
    const passwordPlace = need("#password > [data-answer]");
    onSubmit("password-form", {
      subject: "password",
      check: () => {
        const errors = needPassword(new Map(), "password-present");
        needPassword(errors, "password-new");
        if (!errors.has("password-new") && !isPasswordLong(passwordIn("password-new"))) {
          errors.set("password-new", "error_password_length");
        }
        return errors;
      },
      run: async () => {
        await shopper.changePassword(passwordIn("password-present"), passwordIn("password-new"));
        clear("password-present", "password-new");
        closeForm("password-form");
        answer(passwordPlace, tell("password_changed"));
        showAll(await shopper.call("account.show", {}));
        return "";
      },
    });
    const place = need("#sessions > [data-answer]");
    onPress(need<HTMLButtonElement>("[data-sign-out-everywhere]"), place, async () => {
      await shopper.signOutEverywhere();
      goToSignIn("/account", "signed-out");
      return "";
    });
  }

  show({ account }: Profile): void {
    const count = String(account.sessions);
    need("[data-sessions]").textContent =
      account.sessions > 1 ? tell("sessions_many", { count }) : tell("sessions_one");
  }
}
