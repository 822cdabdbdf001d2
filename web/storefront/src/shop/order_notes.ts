import { Refusal } from "../api/client";
import { sleep } from "../ui/dom";
import { SignedOut } from "./account";
import { StorageRefused } from "./storage";

const NOTES = ["address-not-saved", "address-unsure", "card-not-saved", "card-unsure"] as const;

/** What the order's page tells first: something that should be in the account now is not, or may not be. */
export type OrderNote = (typeof NOTES)[number];

/** `unsure`: nobody answered in time, so the shop may have saved it or still do so. */
export type Outcome = "saved" | "not-saved" | "unsure";

function outcomeOf(error: unknown): Outcome {
  const isRefused = error instanceof Refusal && error.problem.status < 500;
  const isUnsent = error instanceof SignedOut || error instanceof StorageRefused;
  return isRefused || isUnsent ? "not-saved" : "unsure";
}

/** What became of a call that saves something, as far as that is known after `patienceMs`. */
export function outcomeWithin(call: Promise<unknown>, patienceMs: number): Promise<Outcome> {
  const told = call.then(() => "saved" as const, outcomeOf);
  return Promise.race([told, sleep(patienceMs).then(() => "unsure" as const)]);
}

export function notesFor(outcomes: Readonly<Record<"address" | "card", Outcome>>): OrderNote[] {
  return NOTES.filter(
    (note) => note === `address-${outcomes.address}` || note === `card-${outcomes.card}`,
  );
}

/** Behind "#": the servers never read it. */
export function hashOfNotes(notes: readonly OrderNote[]): string {
  return notes.length === 0 ? "" : `#${notes.join("&")}`;
}

/** What hashOfNotes() wrote; anything else is nothing. */
export function notesOf(hash: string): OrderNote[] {
  const parts = hash.replace(/^#/, "").split("&");
  return NOTES.filter((note) => parts.includes(note));
}
