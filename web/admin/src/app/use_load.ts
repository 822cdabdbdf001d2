import { useCallback, useEffect, useRef, useState } from "react";

export type Load<T> =
  | { state: "loading"; data: T | null }
  | { state: "ready"; data: T }
  | { state: "failed"; data: T | null; error: unknown };

export interface Loading<T> {
  load: Load<T>;
  /** Fetches anew; what is shown stays until then. */
  reload: () => void;
  replace: (data: T) => void;
  /** Replaces only what is still shown. */
  replaceIf: (shown: T, data: T) => void;
}

/** Fetches when the page opens and whenever `key` changes; a late answer to an old key is dropped. */
export function useLoad<T>(fetchIt: () => Promise<T>, key = ""): Loading<T> {
  const [load, setLoad] = useState<Load<T>>({ state: "loading", data: null });
  const turn = useRef(0);
  const newest = useRef(fetchIt);
  newest.current = fetchIt;

  const start = useCallback(() => {
    const mine = ++turn.current;
    setLoad((before) => ({ state: "loading", data: before.data }));
    newest.current().then(
      (data) => {
        if (mine === turn.current) setLoad({ state: "ready", data });
      },
      (error: unknown) => {
        if (mine === turn.current)
          setLoad((before) => ({ state: "failed", data: before.data, error }));
      },
    );
  }, []);

  useEffect(() => {
    start();
    return () => {
      turn.current += 1;
    };
  }, [start, key]);

  const replace = useCallback((data: T) => {
    turn.current += 1;
    setLoad({ state: "ready", data });
  }, []);
  const replaceIf = useCallback((shown: T, data: T) => {
    setLoad((before) => (before.data === shown ? { state: "ready", data } : before));
  }, []);
  return { load, reload: start, replace, replaceIf };
}
