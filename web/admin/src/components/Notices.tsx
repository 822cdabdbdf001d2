import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { useWords } from "../i18n/words";
import { Button } from "./Button";

let shown: { text: string; turn: number } = { text: "", turn: 0 };
const listeners = new Set<() => void>();
const SHOWN_MS = 8_000;

/** Tells that something was done, at the foot of the screen and to screen readers. */
export function notify(text: string): void {
  shown = { text, turn: shown.turn + 1 };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Notices(): ReactNode {
  const { say } = useWords();
  const { text, turn } = useSyncExternalStore(subscribe, () => shown);
  useEffect(() => {
    if (text === "") return undefined;
    const timer = setTimeout(() => notify(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text, turn]);
  return (
    <div className="notices" role="status">
      {text !== "" && (
        <div className="notice">
          <span>{text}</span>
          <Button
            icon="close"
            look="bare"
            isSmall
            label={say("close")}
            onPress={() => notify("")}
          />
        </div>
      )}
    </div>
  );
}
