import type { Order, Problem, Product, ProductList, Quote, QuoteRequest } from "./types";
import { observeServerTime } from "./clock";

const BASE = "/store/v1";
const TIMEOUT_MS = 20_000;

/** The shop answered, and the answer is no. `problem` has its stable code. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfterS: number,
  ) {
    super(problem.code);
  }

  get code(): string {
    return this.problem.code;
  }

  /** The same request may succeed later without a change. */
  get isTemporary(): boolean {
    return (
      this.problem.status === 429 ||
      this.problem.status >= 500 ||
      this.code === "idempotency_key_in_flight"
    );
  }
}

/** Nobody answered in time, so whether the request was carried out is not known. */
export class Unanswered extends Error {}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: "unknown",
  };
  try {
    const body: unknown = await response.json();
    const isProblem = typeof body === "object" && body !== null && "code" in body;
    return isProblem ? { ...fallback, ...(body as Problem), status: response.status } : fallback;
  } catch {
    return fallback;
  }
}

/** One request; a Response of status 2xx, or a thrown Refusal or Unanswered. */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      credentials: "omit",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...init,
    });
  } catch (error) {
    throw new Unanswered(String(error));
  }
  if (init.cache === "no-store") {
    observeServerTime(response.headers.get("date"));
  }
  if (!response.ok) {
    const retryAfterS = Number(response.headers.get("retry-after") ?? "0");
    throw new Refusal(await problemOf(response), Number.isFinite(retryAfterS) ? retryAfterS : 0);
  }
  return response;
}

async function json<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new Unanswered(String(error));
  }
}

/** null when the shop no longer has it. */
export async function getProduct(handle: string, locale: string): Promise<Product | null> {
  const path = `/products/${encodeURIComponent(handle)}?locale=${encodeURIComponent(locale)}`;
  try {
    return await json<Product>(await call(path));
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 404) return null;
    throw error;
  }
}

/** One page of the catalog, to find names in. */
export async function listProducts(locale: string, cursor: string): Promise<ProductList> {
  const more = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const path = `/products?limit=100&locale=${encodeURIComponent(locale)}${more}`;
  return json<ProductList>(await call(path));
}

export async function createQuote(request: QuoteRequest, locale: string): Promise<Quote> {
  return json<Quote>(
    await call(`/quotes?locale=${encodeURIComponent(locale)}`, {
      method: "POST",
      cache: "no-store",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
    }),
  );
}

export async function getOrder(id: string, accessToken: string): Promise<Order> {
  return json<Order>(
    await call(`/orders/${encodeURIComponent(id)}`, {
      cache: "no-store",
      headers: { Authorization: `Bearer ${accessToken}` },
    }),
  );
}
