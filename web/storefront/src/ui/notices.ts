import { Refusal } from "../api/client";
import { h } from "./dom";
import { say } from "./page";

/** What to tell a person about a request that failed. */
export function explain(error: unknown): string {
  if (error instanceof Refusal && !error.isTemporary) {
    return say("unexpected", { code: error.code });
  }
  return say("offline");
}

/** A box that says what is wrong, with a button to try again. */
export function failure(error: unknown, again: () => void): HTMLElement {
  return h(
    "div",
    { class: "callout callout-bad", role: "alert" },
    h("p", {}, explain(error)),
    h("button", { class: "button button-small", type: "button", onclick: again }, say("try_again")),
  );
}
