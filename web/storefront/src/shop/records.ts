import type { OrderAccess } from "../seal/calls";

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

const DATABASE = "dermaga";
const VERSION = 1;
const ORDERS = "orders";
const ATTEMPTS = "attempts";
const ATTEMPT_ID = "current";
/** As long as the box inside may be opened. */
export const ATTEMPT_LIFETIME_MS = 24 * 60 * 60_000;

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ORDERS, { keyPath: "id" });
    request.result.createObjectStore(ATTEMPTS);
  };
  return finished(request);
}

async function inStore<T>(
  store: string,
  mode: IDBTransactionMode,
  work: (objects: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await openDatabase();
  try {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const committed = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("storage was refused"));
    });
    const result = await finished(work(transaction.objectStore(store)));
    await committed;
    return result;
  } finally {
    database.close();
  }
}

export async function keepOrder(record: OrderRecord): Promise<void> {
  await inStore(ORDERS, "readwrite", (orders) => orders.put(record));
}

export async function findOrder(id: string): Promise<OrderRecord | undefined> {
  return inStore(ORDERS, "readonly", (orders) => orders.get(id) as IDBRequest<OrderRecord>);
}

export async function keepAttempt(attempt: Attempt): Promise<void> {
  await inStore(ATTEMPTS, "readwrite", (attempts) => attempts.put(attempt, ATTEMPT_ID));
}

export async function forgetAttempt(): Promise<void> {
  await inStore(ATTEMPTS, "readwrite", (attempts) => attempts.delete(ATTEMPT_ID));
}

/** The attempt that still waits for its answer, if there is one. */
export async function pendingAttempt(): Promise<Attempt | undefined> {
  const attempt = await inStore(
    ATTEMPTS,
    "readonly",
    (attempts) => attempts.get(ATTEMPT_ID) as IDBRequest<Attempt | undefined>,
  );
  const isOld = attempt !== undefined && Date.now() - attempt.started_ms > ATTEMPT_LIFETIME_MS;
  return isOld ? undefined : attempt;
}
