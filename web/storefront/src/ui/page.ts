import { en } from "../messages/en";
import { id, type MessageKey } from "../messages/id";
import type { Money } from "../api/types";
import { formatMoney } from "./money";

/** The language of the page, as the server wrote it. */
export const locale = document.body.dataset["locale"] ?? "id";

const messages: Readonly<Record<MessageKey, string>> = locale === "id" ? id : en;

/** The page's words, {name} replaced by its value. */
export function say(key: MessageKey, values: Readonly<Record<string, string>> = {}): string {
  return messages[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

export function money(amount: Money): string {
  return formatMoney(amount, locale);
}

/** The address of a page in this language. */
export function link(path: string): string {
  return `/${locale}${path}`;
}
