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
  replaceSession,
} from "./session";

/** The session is over, or this browser has another one now. */
export class SignedOut extends Error {
  constructor() {
    super("the session is over, or not this browser's any more");
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

const EXPORT_PAGES_MAX = 100;

/**
 * The calls of one session: the one that a page began with. Another tab may sign out meanwhile, and
 * somebody else in: then nothing is sent, for it would go to that person's account.
 */
export class Shopper {
  private constructor(private secret: string) {}

  /** Whoever is signed in now; null where nobody is. */
  static async current(): Promise<Shopper | null> {
    const session = await currentSession();
    return session === null ? null : Shopper.of(session);
  }

  static of({ session }: Pick<AccountSession, "session">): Shopper {
    return new Shopper(session);
  }

  /**
   * Throws SignedOut where the session is this browser's no longer, before anything is sent, or where
   * it has ended: then it is forgotten.
   */
  async call<Name extends keyof ShopperMethods>(
    method: Name,
    params: ShopperMethods[Name]["params"],
  ): Promise<ShopperMethods[Name]["result"]> {
    const { session, reply_key } = await this.session();
    try {
      return await shopperCall(method, params, session, reply_key);
    } catch (error) {
      if (!isSessionEnded(error)) throw error;
      await forgetSession(session);
      throw new SignedOut();
    }
  }

  /** The shop answers a new session, which takes this one's place here and in this browser. */
  async changePassword(present: string, next: string): Promise<void> {
    const { session, reply_key } = await this.session();
    const answer = await this.call("account.change_password", {
      password: passwordOf(present),
      new_password: passwordOf(next),
    });
    this.secret = (await replaceSession(session, answer, reply_key)).session;
  }

  /** The shop mails the new address, which is the account's once that mail's link was used. */
  async changeEmail(email: string, password: string): Promise<void> {
    await this.call("account.change_email", { email, password: passwordOf(password) });
  }

  /** Also without an answer: the secret is gone from here, and with it all that it could open. */
  async signOut(): Promise<void> {
    const { session, reply_key } = await this.session();
    try {
      await shopperCall("account.sign_out", {}, session, reply_key);
    } finally {
      await forgetSession(session);
    }
  }

  async signOutEverywhere(): Promise<void> {
    await this.call("account.sign_out_everywhere", {});
    await forgetSession(this.secret);
  }

  /** Everything that the shop knows of this person. */
  async exportAll(): Promise<Record<string, unknown>> {
    const { next_cursor, ...all } = await this.call("account.export", {});
    let cursor = next_cursor ?? null;
    for (let page = 1; cursor !== null && page < EXPORT_PAGES_MAX; ++page) {
      const more: ExportPage = await this.call("account.export", { cursor });
      all.orders = [...all.orders, ...more.orders];
      cursor = more.next_cursor ?? null;
    }
    return all;
  }

  async erase(password: string): Promise<void> {
    await this.call("account.erase", { password: passwordOf(password) });
    await forgetBrowser(this.secret);
  }

  private async session(): Promise<AccountSession> {
    const session = await currentSession();
    if (session?.session !== this.secret) throw new SignedOut();
    return session;
  }
}
