import type { Profile } from "../seal/account";
import { Shopper } from "../shop/account";
import { accountMessage } from "../shop/refusals";
import { h, need } from "../ui/dom";
import { tell } from "../ui/account_words";
import { ConsentsPart, startErase, startExport } from "./account_data";
import {
  goToSignIn,
  leaveIfSignedOut,
  startOpeners,
  startPasswordButtons,
} from "./account_form";
import { CardsPart } from "./account_cards";
import { OrdersPart } from "./account_orders";
import type { Part } from "./account_part";
import { AddressesPart, EmailPart, ProfilePart } from "./account_profile";
import { PasskeysPart, SessionsPart } from "./account_security";

function startParts(shopper: Shopper): (profile: Profile) => void {
  const parts: Part[] = [];
  const showAll = (profile: Profile) => parts.forEach((part) => part.show(profile));
  parts.push(
    new ProfilePart(shopper, showAll),
    new EmailPart(shopper),
    new AddressesPart(shopper, showAll),
    new CardsPart(shopper, showAll),
    new PasskeysPart(shopper, showAll),
    new SessionsPart(shopper, showAll),
    new ConsentsPart(shopper, showAll),
  );
  startExport(shopper);
  startErase(shopper);
  return showAll;
}

function startSignOut(shopper: Shopper): void {
  const button = need<HTMLButtonElement>("[data-sign-out]");
  button.addEventListener("click", () => {
    button.disabled = true;
    // Whatever the shop answers: the secret is gone from this browser.
    void shopper
      .signOut()
      .catch(() => undefined)
      .then(() => goToSignIn("/account", "signed-out"));
  });
}

async function load(
  shopper: Shopper,
  show: (profile: Profile) => void,
  orders: OrdersPart,
): Promise<void> {
  const note = need("[data-note]");
  note.replaceChildren(h("p", {}, tell("loading")));
  try {
    show(await shopper.call("account.show", {}));
  } catch (error) {
    if (leaveIfSignedOut(error)) return;
    const { key, values } = accountMessage(error);
    const again = {
      class: "button button-small",
      type: "button",
      onclick: () => void load(shopper, show, orders),
    };
    note.replaceChildren(
      h(
        "div",
        { class: "callout callout-bad", role: "alert" },
        h("p", {}, tell(key, values)),
        h("button", again, tell("try_again")),
      ),
    );
    return;
  }
  note.replaceChildren();
  need("[data-account]").hidden = false;
  await orders.load();
}

/** The account page: nothing of it is in the document until the shop has answered to this browser. */
export async function startAccount(): Promise<void> {
  // A page that the browser kept aside would show an account after signing out.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  if (crypto.subtle === undefined) {
    need("[data-note]").replaceChildren(h("p", { class: "callout" }, tell("secure_needed")));
    return;
  }
  // All that this page does is for who is signed in now, whoever signs in elsewhere meanwhile.
  const shopper = await Shopper.current().catch(() => null);
  if (shopper === null) {
    goToSignIn("/account", null);
    return;
  }
  startPasswordButtons();
  startOpeners();
  startSignOut(shopper);
  await load(shopper, startParts(shopper), new OrdersPart(shopper));
}
