import type { ReactNode } from "react";
import { isMessageKey, useWords } from "../i18n/words";

const LOOKS: Readonly<Record<string, string>> = {
  pending_acceptance: "chip-wait",
  open: "chip-wait",
  confirmed: "chip-good",
  completed: "",
  expired: "",
  cancelled: "chip-bad",
  pending: "chip-wait",
  authorized: "chip-wait",
  paid: "chip-good",
  failed: "chip-bad",
  fulfilled: "chip-good",
  partial: "chip-wait",
  active: "chip-good",
  invited: "chip-wait",
  disabled: "chip-bad",
  waiting: "chip-wait",
  approved: "chip-wait",
  done: "chip-good",
  refused: "chip-bad",
  withdrawn: "",
};

/** A word of a state machine: in the reader's language, or as it came where we have none. */
export function Chip({ word }: { word: string }): ReactNode {
  const { say } = useWords();
  const key = `word_${word}`;
  return (
    <span className={`chip ${LOOKS[word] ?? ""}`.trim()}>
      {isMessageKey(key) ? say(key) : word}
    </span>
  );
}
