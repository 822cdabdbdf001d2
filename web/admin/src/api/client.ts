import createClient from "openapi-fetch";
import type { paths } from "./schema";
import { makeCall } from "./call";

const TIMEOUT_MS = 30_000;
const LONG_TIMEOUT_MS = 10 * 60_000;
// The only call that reads a whole log before it answers.
const LONG_CALL = "/audit/verification";

export const api = createClient<paths>({
  baseUrl: "/admin/v1",
  credentials: "same-origin",
  cache: "no-store",
  fetch: (request) =>
    fetch(request, {
      signal: AbortSignal.timeout(
        new URL(request.url).pathname.endsWith(LONG_CALL) ? LONG_TIMEOUT_MS : TIMEOUT_MS,
      ),
    }),
});

type Hook<T> = { current: T };

/** Set by the console's frame while it is shown. */
export const stepUpHook: Hook<() => Promise<boolean>> = { current: async () => false };
export const signedOutHook: Hook<() => void> = { current: () => undefined };

export const call = makeCall({
  stepUp: () => stepUpHook.current(),
  signedOut: () => signedOutHook.current(),
});
