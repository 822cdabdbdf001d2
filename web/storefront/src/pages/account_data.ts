import { PURPOSES, type Profile, type Purpose } from "../seal/account";
import type { Shopper } from "../shop/account";
import { h, need } from "../ui/dom";
import { tell } from "../ui/account_words";
import {
  type FormErrors,
  answer,
  answerError,
  goToSignIn,
  onPress,
  onSubmit,
  passwordIn,
} from "./account_form";
import type { Part, Show } from "./account_part";

/** What the shop may do with who somebody is, each thing on its own. */
export class ConsentsPart implements Part {
  private readonly place = need("#consents > [data-answer]");

  constructor(
    private readonly shopper: Shopper,
    private readonly showAll: Show,
  ) {
    for (const purpose of PURPOSES) {
      const box = this.box(purpose);
      box.addEventListener("change", () => void this.set(purpose, box));
    }
  }

  show({ consents }: Profile): void {
    for (const purpose of PURPOSES) {
      this.box(purpose).checked = consents.some((one) => one.purpose === purpose && one.given);
    }
  }

  private box(purpose: Purpose): HTMLInputElement {
    return need<HTMLInputElement>(`#consent-${purpose}`);
  }

  private async set(purpose: Purpose, box: HTMLInputElement): Promise<void> {
    const given = box.checked;
    box.disabled = true;
    answer(this.place, tell("loading"));
    try {
      this.showAll(await this.shopper.call("account.set_consent", { purpose, given }));
      answer(this.place, tell("consent_recorded"));
    } catch (error) {
      box.checked = !given; // as the shop has it
      answerError(this.place, error);
    }
    box.disabled = false;
    box.focus();
  }
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const anchor = h("a", { href: address, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function startExport(shopper: Shopper): void {
  const place = need("#export > [data-answer]");
  onPress(need<HTMLButtonElement>("[data-export]"), place, async () => {
    const data = await shopper.exportAll();
    const today = new Date().toISOString().slice(0, 10);
    download(`account-${today}.json`, `${JSON.stringify(data, null, 2)}\n`);
    return tell("export_done");
  });
}

export function startErase(shopper: Shopper): void {
  onSubmit("erase-form", {
    subject: "erase",
    check: () => {
      const errors: FormErrors = new Map();
      if (!need<HTMLInputElement>("#erase-understood").checked) {
        errors.set("erase-understood", "error_understood");
      }
      if (passwordIn("erase-password") === "") errors.set("erase-password", "error_required");
      return errors;
    },
    run: async () => {
      await shopper.erase(passwordIn("erase-password"));
      goToSignIn("/account", "erased");
      return tell("loading");
    },
  });
}
