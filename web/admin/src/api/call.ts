import { problemOf, Refusal, retryAfterOf, StepUpDeclined, Unanswered } from "./refusal";

/** What openapi-fetch answers. */
interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export interface CallHooks {
  /** Asks for a second factor; false: the person declined. */
  stepUp: () => Promise<boolean>;
  /** The session has ended. */
  signedOut: () => void;
}

async function once<T>(send: () => Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await send();
  } catch (error) {
    throw new Unanswered(String(error));
  }
  if (answer.response.ok) return answer.data as T;
  const retryAfterS = retryAfterOf(answer.response.headers.get("retry-after"), new Date());
  throw new Refusal(problemOf(answer.error, answer.response.status), retryAfterS);
}

/**
 * Makes calls that ask for a second factor where the API wants one and then repeat themselves,
 * once. Calls that are refused together share one question.
 */
export function makeCall(hooks: CallHooks): <T>(send: () => Promise<Answer<T>>) => Promise<T> {
  let asking: Promise<boolean> | null = null;

  async function askOnce(): Promise<boolean> {
    asking ??= hooks.stepUp().finally(() => (asking = null));
    return asking;
  }

  return async (send) => {
    try {
      return await once(send);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "unauthenticated") hooks.signedOut();
      if (error.code !== "step_up_required") throw error;
    }
    if (!(await askOnce())) throw new StepUpDeclined();
    return once(send);
  };
}

/** For calls made before there is a session, where 401 means something else. */
export const callAnonymously = once;
