import type { Order } from "../api/types";
import { type OrderDetails, type ShippingAddress, sealedCall } from "./calls";

// The calls of docs/reference/account-calls.md.

export const PURPOSES = ["marketing_email", "recommendations"] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface SessionAnswer {
  session: string;
  expires_at: string;
  token: string;
  token_expires_at: string;
}

export interface AccountAddress extends ShippingAddress {
  name: string;
}

export interface SavedAddress {
  id: string;
  address: AccountAddress;
}

/** A card that pays again; its number is nowhere outside the private zone. */
export interface SavedCard {
  id: string;
  brand: string; // "visa", "mastercard", "amex", "jcb", "unionpay", "discover", "other"
  last_four: string;
  expiry_month: number;
  expiry_year: number;
  expired: boolean;
  saved_at: string;
}

/** A card to save: without its security code, which is never kept. */
export interface NewCard {
  number: string;
  expiry_month: number;
  expiry_year: number;
}

export interface Passkey {
  id: string;
  label: string;
  created_at: string;
  last_used_at: string | null;
}

export interface Profile {
  account: {
    email: string;
    name: string;
    phone: string;
    locale: string;
    created_at: string;
    version: number;
    sessions: number;
  };
  addresses: SavedAddress[];
  cards: SavedCard[] | null; // null: the shop saves none
  passkeys: Passkey[];
  consents: { purpose: Purpose; given: boolean; recorded_at: string | null }[];
}

/** What a new or a used passkey says of itself, its bytes as base64url. */
export interface Assertion {
  credential_id: string;
  client_data_json: string;
  authenticator_data: string;
  signature: string;
}
export interface Attestation {
  client_data_json: string;
  attestation_object: string;
}
export type PasskeyOptions = { options: Readonly<Record<string, unknown>> };

export interface OrderPage {
  items: Order[];
  next_cursor: string | null;
}
export type AccountOrder = OrderDetails & { order: Order; access_token: string };

/** All that the shop knows, or a part of it: orders come a page at a time. */
export interface ExportPage {
  orders: unknown[];
  next_cursor?: string | null;
  [other: string]: unknown;
}

type MailSent = { status: "mail_sent" };
type Nothing = Record<string, never>;
interface Method<Params, Result> {
  params: Params;
  result: Result;
}

/** Calls of somebody who is not signed in. */
export interface GuestMethods {
  "account.sign_up": Method<
    { email: string; password: string; name: string; locale: string; consents: Purpose[] },
    MailSent
  >;
  "account.verify_email": Method<{ code: string; password: string }, SessionAnswer>;
  "account.sign_in": Method<{ email: string; password: string }, SessionAnswer>;
  "account.passkey_options": Method<Nothing, PasskeyOptions>;
  "account.sign_in_with_passkey": Method<Assertion, SessionAnswer>;
  "account.request_password_reset": Method<{ email: string }, MailSent>;
  "account.reset_password": Method<{ code: string; password: string }, SessionAnswer>;
}

/** Calls that need a session, which is put into `params` where they are sent. */
export interface ShopperMethods {
  "account.show": Method<Nothing, Profile>;
  "account.update": Method<
    { version: number; name: string; phone: string; locale: string },
    Profile
  >;
  "account.change_password": Method<{ password: string; new_password: string }, SessionAnswer>;
  "account.change_email": Method<{ password: string; email: string }, MailSent>;
  "account.put_address": Method<{ id?: string; address: AccountAddress }, Profile>;
  "account.remove_address": Method<{ id: string }, Profile>;
  "account.save_card": Method<{ card: NewCard }, Profile>;
  "account.remove_card": Method<{ id: string }, Profile>;
  "account.set_consent": Method<{ purpose: Purpose; given: boolean }, Profile>;
  "account.passkey_registration_options": Method<{ password: string }, PasskeyOptions>;
  "account.add_passkey": Method<Attestation & { label: string }, Profile>;
  "account.remove_passkey": Method<{ id: string }, Profile>;
  "account.orders": Method<{ cursor?: string }, OrderPage>;
  "account.order": Method<{ order_id: string }, AccountOrder>;
  "account.cancel_order": Method<{ order_id: string }, { order: Order }>;
  "account.export": Method<{ cursor?: string }, ExportPage>;
  "account.sign_out": Method<Nothing, Nothing>;
  "account.sign_out_everywhere": Method<Nothing, Nothing>;
  "account.erase": Method<{ password: string }, { status: "erased" }>;
}

export async function guestCall<Name extends keyof GuestMethods>(
  method: Name,
  params: GuestMethods[Name]["params"],
  replyKey: CryptoKeyPair,
): Promise<GuestMethods[Name]["result"]> {
  return (await sealedCall(method, params, replyKey)) as GuestMethods[Name]["result"];
}

export async function shopperCall<Name extends keyof ShopperMethods>(
  method: Name,
  params: ShopperMethods[Name]["params"],
  session: string,
  replyKey: CryptoKeyPair,
): Promise<ShopperMethods[Name]["result"]> {
  const result = await sealedCall(method, { session, ...params }, replyKey);
  return result as ShopperMethods[Name]["result"];
}
