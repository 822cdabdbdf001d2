import type { Profile } from "../seal/account";

/** One section of the account page; it shows what is the shop's newest word on it. */
export interface Part {
  show(profile: Profile): void;
}

/** Gives a profile that the shop answered to every part. */
export type Show = (profile: Profile) => void;
