const NOTES = ["address-not-saved", "card-not-saved"] as const;

/** What the order's page tells first: something that should be in the account now is not. */
export type OrderNote = (typeof NOTES)[number];

/** Behind "#": the servers never read it. */
export function hashOfNotes(notes: readonly OrderNote[]): string {
  return notes.length === 0 ? "" : `#${notes.join("&")}`;
}

/** What hashOfNotes() wrote; anything else is nothing. */
export function notesOf(hash: string): OrderNote[] {
  const parts = hash.replace(/^#/, "").split("&");
  return NOTES.filter((note) => parts.includes(note));
}
