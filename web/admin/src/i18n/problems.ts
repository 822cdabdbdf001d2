import { PasskeyDismissed } from "../api/webauthn";
import { Refusal, Unanswered } from "../api/refusal";
import { formatDuration } from "./format";
import { isMessageKey, type MessageKey, type Words } from "./words";

/** One sentence, or two, about what went wrong; `own` says what a code, or a status ("409"), or no
 * answer at all ("unanswered") means in this place. */
export function sentenceOf(
  error: unknown,
  words: Words,
  own: Readonly<Record<string, MessageKey>> = {},
): string {
  if (error instanceof Unanswered) return words.say(own["unanswered"] ?? "problem_unanswered");
  if (error instanceof PasskeyDismissed) return words.say("problem_passkey_dismissed");
  if (error instanceof DOMException) return words.say("problem_passkey_failed");
  if (!(error instanceof Refusal)) return words.say("problem_unexpected");

  const ownKey = own[error.code] ?? own[String(error.problem.status)];
  const key = ownKey ?? `problem_${error.code}`;
  const sentence = isMessageKey(key)
    ? words.say(key)
    : words.say("problem_other", { code: error.code });
  if (error.retryAfterS > 0) {
    const wait = formatDuration(error.retryAfterS, words.language);
    return `${sentence} ${words.say("problem_retry_after", { wait })}`;
  }
  // Only these details are about what was entered; the others are for the log.
  const detail = error.problem.detail ?? "";
  const isTelling = ["invalid_request", "already_exists", "not_found"].includes(error.code);
  return isTelling && detail !== "" && ownKey === undefined ? `${sentence} (${detail})` : sentence;
}
