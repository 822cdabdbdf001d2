import { accountEn } from "../messages/account_en";
import { type AccountMessageKey, accountId } from "../messages/account_id";
import { locale } from "./page";

const messages: Readonly<Record<AccountMessageKey, string>> =
  locale === "id" ? accountId : accountEn;

/** The account pages' words, {name} replaced by its value. */
export function tell(
  key: AccountMessageKey,
  values: Readonly<Record<string, string>> = {},
): string {
  return messages[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

const dates = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

export function day(timestamp: string): string {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? "" : dates.format(ms);
}
