import type { Approval } from "./types";

/** Whether an answer is a request that waits for a second person: then nothing was done. */
export function isAsked(answer: object): answer is Approval {
  return "requested_by" in answer;
}
