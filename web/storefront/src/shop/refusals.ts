import { Refusal } from "../api/client";
import type { AccountMessageKey } from "../messages/account_id";
import { PasskeyKnown } from "./passkeys";
import { StorageRefused } from "./storage";

/** A message and what is put into it. */
export interface Said {
  key: AccountMessageKey;
  values: Record<string, string>;
}

/** What 409 version_conflict is about depends on the call. */
export type Subject = "profile" | "password" | "erase";

const CODES = new Map<string, AccountMessageKey>([
  ["sign_in_failed", "refused_sign_in_failed"],
  ["session_ended", "refused_session_ended"],
  ["password_wrong", "refused_password_wrong"],
  ["passkey_refused", "refused_passkey_refused"],
  ["not_found", "refused_not_found"],
  ["password_too_short", "error_password_length"],
  ["password_too_long", "error_password_length"],
  ["password_is_about_you", "refused_password_about_you"],
  ["password_breached", "refused_password_breached"],
  ["password_malformed", "refused_password_refused"],
  ["code_invalid", "refused_code_invalid"],
  ["limit_reached", "refused_limit_reached"],
  ["card_expired", "refused_card_expired"],
  ["card_vault_off", "refused_card_vault_off"],
  ["box_field_invalid", "refused_box_field_invalid"],
]);
const CONFLICTS: Record<Subject, AccountMessageKey> = {
  profile: "refused_version_conflict",
  password: "refused_version_conflict_password",
  erase: "refused_version_conflict_erase",
};

function messageOf(refusal: Refusal, subject: Subject): Said {
  const { code } = refusal;
  if (code === "rate_limited") {
    if (refusal.retryAfterS === 0) return { key: "refused_rate_limited_later", values: {} };
    const minutes = Math.max(1, Math.ceil(refusal.retryAfterS / 60));
    return { key: "refused_rate_limited", values: { minutes: String(minutes) } };
  }
  if (code === "version_conflict") return { key: CONFLICTS[subject], values: {} };
  const key = CODES.get(code);
  if (key !== undefined) return { key, values: {} };
  return refusal.isTemporary
    ? { key: "unanswered", values: {} }
    : { key: "refused_other", values: { code } };
}

/** What to tell a person about an account call that failed. */
export function accountMessage(error: unknown, subject: Subject = "profile"): Said {
  if (error instanceof Refusal) return messageOf(error, subject);
  if (error instanceof StorageRefused) return { key: "storage_refused", values: {} };
  if (error instanceof PasskeyKnown) return { key: "passkey_known", values: {} };
  return { key: "unanswered", values: {} };
}

export function isVersionConflict(error: unknown): boolean {
  return error instanceof Refusal && error.code === "version_conflict";
}
