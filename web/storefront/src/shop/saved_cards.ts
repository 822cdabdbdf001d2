import type { SavedCard } from "../seal/account";

const CARDS_MAX = 10;
const BRANDS = new Map([
  ["visa", "Visa"],
  ["mastercard", "Mastercard"],
  ["amex", "American Express"],
  ["jcb", "JCB"],
  ["unionpay", "UnionPay"],
  ["discover", "Discover"],
]);

/** "Visa •••• 4242"; `other` is the word for a card of a brand without a name here. */
export function cardName(card: Pick<SavedCard, "brand" | "last_four">, other: string): string {
  return `${BRANDS.get(card.brand) ?? other} •••• ${card.last_four}`;
}

/** "12/30", as it stands on the card. */
export function expiryText(card: Pick<SavedCard, "expiry_month" | "expiry_year">): string {
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return `${twoDigits(card.expiry_month)}/${twoDigits(card.expiry_year % 100)}`;
}

/** The cards that can pay. */
export function usableCards(cards: readonly SavedCard[]): SavedCard[] {
  return cards.filter(({ expired }) => !expired);
}

/** Whether "save this card" can be offered: the account has room for one more. */
export function hasRoomForCard(cards: readonly SavedCard[]): boolean {
  return cards.length < CARDS_MAX;
}
