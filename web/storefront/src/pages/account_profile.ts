import type { Profile, SavedAddress } from "../seal/account";
import type { Shopper } from "../shop/account";
import { findAddressErrors, isEmail, isPhone, isSameEmail } from "../shop/checks";
import { control, fitToCountry, readAddress, typed } from "../shop/form";
import { isVersionConflict } from "../shop/refusals";
import { addressOf, placeOf } from "../shop/prefill";
import { addressLines } from "../ui/address";
import { need } from "../ui/dom";
import { day, tell } from "../ui/account_words";
import {
  type FormErrors,
  answer,
  answerError,
  closeForm,
  onSubmit,
  openForm,
  passwordIn,
} from "./account_form";
import { emptyRow, rowOf } from "./account_list";
import type { Part, Show } from "./account_part";

/** Name, phone and language of who is signed in. */
export class ProfilePart implements Part {
  private version = -1;

  constructor(
    private readonly shopper: Shopper,
    private readonly showAll: Show,
  ) {
    onSubmit("profile-form", { check: () => this.check(), run: () => this.save() });
  }

  show({ account }: Profile): void {
    const since = tell("since", { date: day(account.created_at) });
    need("[data-email]").textContent = `${tell("email_is", { email: account.email })} · ${since}`;
    if (account.version === this.version) return; // what is being typed stays
    this.version = account.version;
    control("profile-name").value = account.name;
    control("profile-phone").value = account.phone;
    control("profile-locale").value = account.locale;
  }

  private check(): FormErrors {
    const errors: FormErrors = new Map();
    if (typed("profile-name") === "") errors.set("profile-name", "error_required");
    const phone = typed("profile-phone");
    if (phone !== "" && !isPhone(phone)) errors.set("profile-phone", "error_phone");
    return errors;
  }

  private async save(): Promise<string> {
    try {
      const profile = await this.shopper.call("account.update", {
        version: this.version,
        name: typed("profile-name"),
        phone: typed("profile-phone"),
        locale: control("profile-locale").value,
      });
      this.showAll(profile);
    } catch (error) {
      // The newest entries, so that nobody overwrites what they have not seen.
      if (isVersionConflict(error)) this.showAll(await this.shopper.call("account.show", {}));
      throw error;
    }
    return tell("saved");
  }
}

/** The address to sign in with and to get mails at; a new one counts once its mail came back. */
export class EmailPart implements Part {
  private readonly place = need("#profile > [data-answer]");
  private present = "";

  constructor(private readonly shopper: Shopper) {
    const form = onSubmit("email-form", { check: () => this.check(), run: () => this.send() });
    form.addEventListener("opened", () => answer(this.place, ""));
  }

  show({ account }: Profile): void {
    this.present = account.email;
  }

  private check(): FormErrors {
    const errors: FormErrors = new Map();
    const email = typed("email-new");
    if (email === "") errors.set("email-new", "error_required");
    else if (!isEmail(email)) errors.set("email-new", "error_email");
    else if (isSameEmail(email, this.present)) errors.set("email-new", "error_email_same");
    if (passwordIn("email-password") === "") errors.set("email-password", "error_required");
    return errors;
  }

  private async send(): Promise<string> {
    const email = typed("email-new");
    await this.shopper.changeEmail(email, passwordIn("email-password"));
    closeForm("email-form");
    answer(this.place, tell("email_change_sent", { email, present: this.present }));
    return "";
  }
}

/** The address book. */
export class AddressesPart implements Part {
  private readonly list = need("[data-addresses]");
  private readonly place = need("#addresses > [data-answer]");
  private edited: SavedAddress | null = null;

  constructor(
    private readonly shopper: Shopper,
    private readonly showAll: Show,
  ) {
    const form = onSubmit("address-form", {
      check: () => findAddressErrors(readAddress()),
      run: () => this.save(),
    });
    form.addEventListener("opened", () => this.fill());
    form.addEventListener("closed", () => {
      this.edited = null;
    });
    control("country").addEventListener("change", fitToCountry);
  }

  show({ account, addresses }: Profile): void {
    control("name").dataset["default"] = account.name;
    const rows = addresses.map((saved) => {
      const { name } = saved.address;
      return rowOf({
        title: name,
        lines: addressLines({ ...saved.address, name: "" }),
        edit: { label: tell("address_edit_of", { name }), run: () => this.edit(saved) },
        remove: {
          label: tell("remove_address_of", { name }),
          run: () => void this.remove(saved),
        },
      });
    });
    this.list.replaceChildren(...(rows.length === 0 ? [emptyRow(tell("addresses_none"))] : rows));
  }

  private edit(saved: SavedAddress): void {
    this.edited = saved;
    openForm("address-form");
    need("#address-form").scrollIntoView({ block: "nearest" });
  }

  private fill(): void {
    answer(this.place, "");
    const title = this.edited === null ? "address_add_title" : "address_edit_title";
    need("[data-address-title]").textContent = tell(title);
    if (this.edited === null) {
      control("name").value = control("name").dataset["default"] ?? "";
    } else {
      const { address } = this.edited;
      const values = { name: address.name, ...placeOf(address) };
      for (const [field, value] of Object.entries(values)) control(field).value = value;
    }
    fitToCountry();
  }

  private async save(): Promise<string> {
    const known = this.edited === null ? {} : { id: this.edited.id };
    const address = addressOf(readAddress());
    const profile = await this.shopper.call("account.put_address", { ...known, address });
    closeForm("address-form");
    this.showAll(profile);
    answer(this.place, tell("address_saved"));
    return "";
  }

  private async remove(saved: SavedAddress): Promise<void> {
    try {
      closeForm("address-form");
      this.showAll(await this.shopper.call("account.remove_address", { id: saved.id }));
      answer(this.place, tell("address_removed"));
    } catch (error) {
      answerError(this.place, error);
    }
  }
}
