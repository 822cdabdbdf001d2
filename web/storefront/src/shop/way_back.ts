export type Note = "ended" | "signed-out" | "erased";

/** Why somebody is asked to sign in, and where they go then. */
export interface WayBack {
  back: string; // a page of this shop, without its language
  note: Note | null;
}

const HOME = "/account";
const PAGES = /^\/(account|cart|checkout|orders\/ord_[0-9a-z]{1,40})$/;

/** Behind "#": the servers never read it. */
export function hashOf({ back, note }: WayBack): string {
  const parts = [...(back === HOME ? [] : [`back=${back}`]), ...(note === null ? [] : [note])];
  return parts.length === 0 ? "" : `#${parts.join("&")}`;
}

/** What hashOf() wrote. Anybody can write an address: it leads to pages of this shop and nowhere else. */
export function readHash(hash: string): WayBack {
  let back = HOME;
  let note: Note | null = null;
  for (const part of hash.replace(/^#/, "").split("&")) {
    if (part.startsWith("back=") && PAGES.test(part.slice(5))) back = part.slice(5);
    if (part === "ended" || part === "signed-out" || part === "erased") note = part;
  }
  return { back, note };
}
