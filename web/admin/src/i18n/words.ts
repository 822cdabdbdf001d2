import { useMemo } from "react";
import { type Language, useSettings } from "../app/settings";
import type { Money } from "../api/types";
import { enShop } from "./en_shop";
import { enSignIn } from "./en_sign_in";
import { enStaff } from "./en_staff";
import { idShop } from "./id_shop";
import { idSignIn } from "./id_sign_in";
import { idStaff } from "./id_staff";
import { formatAgo, formatMoney, formatNumber, formatTime } from "./format";

export const id = { ...idSignIn, ...idShop, ...idStaff };
export type MessageKey = keyof typeof id;
export const en: Readonly<Record<MessageKey, string>> = { ...enSignIn, ...enShop, ...enStaff };

export type Values = Readonly<Record<string, string | number>>;

/** A text with {name} replaced by its value. */
export function sayIn(language: Language, key: MessageKey, values: Values = {}): string {
  const messages: Readonly<Record<MessageKey, string>> = language === "id" ? id : en;
  return messages[key].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? formatNumber(value, language) : value;
  });
}

export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(id, key);
}

export interface Words {
  language: Language;
  say: (key: MessageKey, values?: Values) => string;
  number: (value: number) => string;
  money: (money: Money) => string;
  time: (time: string) => string;
  exactTime: (time: string) => string;
  ago: (time: string) => string;
}

export function wordsIn(language: Language): Words {
  return {
    language,
    say: (key, values) => sayIn(language, key, values),
    number: (value) => formatNumber(value, language),
    money: (money) => formatMoney(money, language),
    time: (time) => formatTime(time, language),
    exactTime: (time) => formatTime(time, language, { hasSeconds: true }),
    ago: (time) => formatAgo(time, new Date(), language),
  };
}

/** Everything that is said, in the language chosen. */
export function useWords(): Words {
  const { language } = useSettings();
  return useMemo(() => wordsIn(language), [language]);
}
