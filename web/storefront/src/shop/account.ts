import { Refusal } from "../api/client";
import {
  type Assertion,
  type ExportPage,
  type GuestMethods,
  type PasskeyOptions,
  type Purpose,
  type ShopperMethods,
  guestCall,
  shopperCall,
} from "../seal/account";
import {
  type AccountSession,
  browserKey,
  currentSession,
  forgetBrowser,
  forgetSession,
  keepSession,
} from "./session";

/** Nobody is signed in here; `hasEnded` when somebody was until now. */
export class SignedOut extends Error {
  constructor(readonly hasEnded: boolean) {
    super("nobody is signed in");
  }
}

export function isSessionEnded(error: unknown): boolean {
  return error instanceof Refusal && error.code === "session_ended";
}

/** One text has one form, however it was typed: core hashes bytes. */
export function passwordOf(typed: string): string {
  return typed.normalize("NFC");
}

async function asGuest<Name extends keyof GuestMethods>(
  method: Name,
  params: GuestMethods[Name]["params"],
): Promise<GuestMethods[Name]["result"]> {
  return guestCall(method, params, await browserKey());
}

/** A call of whoever is signed in. A session that has ended is forgotten before SignedOut is thrown. */
export async function asShopper<Name extends keyof ShopperMethods>(
  method: Name,
  params: ShopperMethods[Name]["params"],
): Promise<ShopperMethods[Name]["result"]> {
  const session = await currentSession();
  if (session === null) throw new SignedOut(false);
  try {
    return await shopperCall(method, params, session.session, session.reply_key);
  } catch (error) {
    if (!isSessionEnded(error)) throw error;
    await forgetSession(session.session);
    throw new SignedOut(true);
  }
}

export interface NewAccount {
  name: string;
  email: string;
  password: string;
  consents: Purpose[];
}

export async function signUp(account: NewAccount, locale: string): Promise<void> {
  await asGuest("account.sign_up", {
    email: account.email,
    password: passwordOf(account.password),
    name: account.name,
    locale,
    consents: account.consents,
  });
}

async function begin<
  Name extends
    | "account.verify_email"
    | "account.sign_in"
    | "account.sign_in_with_passkey"
    | "account.reset_password",
>(method: Name, params: GuestMethods[Name]["params"]): Promise<AccountSession> {
  const key = await browserKey();
  return keepSession(await guestCall(method, params, key), key);
}

export function verifyEmail(code: string, password: string): Promise<AccountSession> {
  return begin("account.verify_email", { code, password: passwordOf(password) });
}

export function signIn(email: string, password: string): Promise<AccountSession> {
  return begin("account.sign_in", { email, password: passwordOf(password) });
}

export function resetPassword(code: string, password: string): Promise<AccountSession> {
  return begin("account.reset_password", { code, password: passwordOf(password) });
}

export async function requestPasswordReset(email: string): Promise<void> {
  await asGuest("account.request_password_reset", { email });
}

/** `ask` has the browser's passkey dialog answer the shop's challenge. */
export async function signInWithPasskey(
  ask: (options: PasskeyOptions["options"]) => Promise<Assertion>,
): Promise<AccountSession> {
  const { options } = await asGuest("account.passkey_options", {});
  return begin("account.sign_in_with_passkey", await ask(options));
}

export async function changePassword(present: string, next: string): Promise<void> {
  const answer = await asShopper("account.change_password", {
    password: passwordOf(present),
    new_password: passwordOf(next),
  });
  await keepSession(answer, await browserKey());
}

/** Also without an answer: the secret is gone from here, and with it all that it could open. */
export async function signOut(): Promise<void> {
  const session = await currentSession();
  if (session === null) return;
  try {
    await shopperCall("account.sign_out", {}, session.session, session.reply_key);
  } finally {
    await forgetSession(session.session);
  }
}

export async function signOutEverywhere(): Promise<void> {
  await asShopper("account.sign_out_everywhere", {});
  const session = await currentSession();
  if (session !== null) await forgetSession(session.session);
}

const EXPORT_PAGES_MAX = 100;

/** Everything that the shop knows of whoever is signed in. */
export async function exportAccount(): Promise<Record<string, unknown>> {
  const { next_cursor, ...all } = await asShopper("account.export", {});
  let cursor = next_cursor ?? null;
  for (let page = 1; cursor !== null && page < EXPORT_PAGES_MAX; ++page) {
    const more: ExportPage = await asShopper("account.export", { cursor });
    all.orders = [...all.orders, ...more.orders];
    cursor = more.next_cursor ?? null;
  }
  return all;
}

export async function eraseAccount(password: string): Promise<void> {
  await asShopper("account.erase", { password: passwordOf(password) });
  await forgetBrowser();
}
