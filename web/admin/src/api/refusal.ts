import type { Problem } from "./types";

/** The API answered, and the answer is no. `problem` has its stable code. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfterS: number,
  ) {
    super(problem.code);
  }

  get code(): Problem["code"] {
    return this.problem.code;
  }
}

/** Nobody answered in time, so whether the request was carried out is not known. */
export class Unanswered extends Error {}

/** A second factor was asked for and not given: nothing happened, nothing is to be said. */
export class StepUpDeclined extends Error {}

/** What a response's Retry-After says in seconds; 0 where it says nothing. */
export function retryAfterOf(header: string | null, now: Date): number {
  if (header === null) return 0;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}

/** The problem in a body, or what can be said from the status alone (a proxy answered). */
export function problemOf(body: unknown, status: number): Problem {
  if (typeof body === "object" && body !== null && "code" in body) {
    return { ...(body as Problem), status };
  }
  const code = status === 401 ? "unauthenticated" : status >= 500 ? "unavailable" : "internal";
  return { type: "about:blank", title: String(status), status, code };
}
