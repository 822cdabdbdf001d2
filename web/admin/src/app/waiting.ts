import { useEffect, useState } from "react";
import { api, call } from "../api/client";
import { useMay } from "./session";

const LIMIT = 100;
const CHANGED = "dermaga-approvals-changed";

/** Somebody decided, or asked: whoever shows the number looks again. */
export function waitingChanged(): void {
  window.dispatchEvent(new Event(CHANGED));
}

/** How many requests wait for a second person, up to a hundred; 0 for whoever may not see them. Looks
 * as often as somebody goes to another page, and never by the clock: that would keep the session of
 * somebody who has left from ending. */
export function useWaiting(path: string): number {
  const may = useMay();
  const isAllowed = may("approvals.read");
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (!isAllowed) return undefined;
    const look = (): void => {
      const query = { state: "waiting" as const, limit: LIMIT };
      call(() => api.GET("/approvals", { params: { query } })).then(
        ({ items }) => setCount(items.length),
        () => undefined, // the page itself tells what is wrong
      );
    };
    look();
    window.addEventListener(CHANGED, look);
    return () => window.removeEventListener(CHANGED, look);
  }, [isAllowed, path]);
  return isAllowed ? count : 0;
}
