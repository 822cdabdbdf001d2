import { Unanswered } from "../api/client";
import { serverNowMs } from "../api/clock";
import type { SessionAnswer } from "../seal/account";
import { makeReplyKey } from "../seal/box";
import { Storage } from "./storage";

/** Who is signed in here: a secret that only boxes carry, good with this key pair alone. */
export interface AccountSession {
  session: string;
  expires_at: string;
  reply_key: CryptoKeyPair;
}

const ACCOUNT = "account";
const SESSION = "session";
const KEY = "key";
// A database of its own: another version of "dermaga" would stop the checkouts of older pages.
const storage = new Storage("dermaga-account", { [ACCOUNT]: {} });

/** null where nobody is signed in, or no longer. */
export async function currentSession(): Promise<AccountSession | null> {
  const kept = await storage.get<AccountSession>(ACCOUNT, SESSION);
  if (kept === undefined) return null;
  if (Date.parse(kept.expires_at) > serverNowMs()) return kept;
  await forgetSession(kept.session);
  return null;
}

/**
 * The pair to which the shop answers this browser's account calls. It outlives sessions: a browser
 * that the shop knows has tries of its own to sign in, whatever others try.
 */
export async function browserKey(): Promise<CryptoKeyPair> {
  const known = await storage.get<CryptoKeyPair>(ACCOUNT, KEY);
  if (known !== undefined) return known;
  const made = await makeReplyKey();
  const kept = await storage.change<CryptoKeyPair>(ACCOUNT, KEY, (other) => other ?? made);
  return kept ?? made;
}

function sessionOf(answer: SessionAnswer, replyKey: CryptoKeyPair): AccountSession {
  if (!/^[A-Za-z0-9_-]{43}$/.test(answer.session) || Number.isNaN(Date.parse(answer.expires_at))) {
    throw new Unanswered("the shop's answer is no session");
  }
  const { session, expires_at } = answer;
  return { session, expires_at, reply_key: replyKey };
}

export async function keepSession(
  answer: SessionAnswer,
  replyKey: CryptoKeyPair,
): Promise<AccountSession> {
  const kept = sessionOf(answer, replyKey);
  await storage.put(ACCOUNT, kept, SESSION);
  return kept;
}

/** Puts the answered session in the place of `old`; one that another tab has begun meanwhile stays. */
export async function replaceSession(
  old: string,
  answer: SessionAnswer,
  replyKey: CryptoKeyPair,
): Promise<AccountSession> {
  const renewed = sessionOf(answer, replyKey);
  await storage.change<AccountSession>(ACCOUNT, SESSION, (kept) =>
    kept?.session === old ? renewed : kept,
  );
  return renewed;
}

/** Forgets this session; one that another tab has begun meanwhile stays. */
export async function forgetSession(session: string): Promise<void> {
  await storage.change<AccountSession>(ACCOUNT, SESSION, (kept) =>
    kept?.session === session ? undefined : kept,
  );
}

/** As if nobody had ever signed in here; a session that another tab has begun meanwhile stays. */
export async function forgetBrowser(session: string): Promise<void> {
  await forgetSession(session);
  await storage.remove(ACCOUNT, KEY);
}
