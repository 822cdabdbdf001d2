import type { OrderAccess } from "../seal/calls";
import { Storage } from "./storage";

/** An order that this browser placed. */
export interface OrderRecord extends OrderAccess {
  lines: { variant_id: string; product: string }[];
  placed_ms: number;
}

/** A checkout that has no answer yet: the same key and the same bytes are sent until it has. */
export interface Attempt {
  idempotency_key: string;
  body: string;
  reply_key: CryptoKeyPair;
  lines: { variant_id: string; product: string }[];
  started_ms: number;
}

const ORDERS = "orders";
const ATTEMPTS = "attempts";
const ATTEMPT_ID = "current";
const storage = new Storage("dermaga", { [ORDERS]: { keyPath: "id" }, [ATTEMPTS]: {} });
/** As long as the box inside may be opened. */
export const ATTEMPT_LIFETIME_MS = 24 * 60 * 60_000;

export async function keepOrder(record: OrderRecord): Promise<void> {
  await storage.put(ORDERS, record);
}

export async function findOrder(id: string): Promise<OrderRecord | undefined> {
  return storage.get(ORDERS, id);
}

export async function keepAttempt(attempt: Attempt): Promise<void> {
  await storage.put(ATTEMPTS, attempt, ATTEMPT_ID);
}

export async function forgetAttempt(): Promise<void> {
  await storage.remove(ATTEMPTS, ATTEMPT_ID);
}

/** The attempt that still waits for its answer, if there is one. */
export async function pendingAttempt(): Promise<Attempt | undefined> {
  const attempt = await storage.get<Attempt>(ATTEMPTS, ATTEMPT_ID);
  const isOld = attempt !== undefined && Date.now() - attempt.started_ms > ATTEMPT_LIFETIME_MS;
  return isOld ? undefined : attempt;
}
