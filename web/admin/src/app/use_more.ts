import { useState } from "react";
import { type Loading, useLoad } from "./use_load";

interface ListPage<T> {
  items: T[];
  next_cursor?: string;
}

export interface More<T> {
  loading: Loading<ListPage<T>>;
  hasMore: boolean;
  /** Fetches the next page below what is shown. */
  more: () => Promise<void>;
}

/** A list that grows by a page at a time. A page that comes after `key` has changed is dropped. */
export function useMore<T>(fetchPage: (cursor: string) => Promise<ListPage<T>>, key = ""): More<T> {
  const loading = useLoad(() => fetchPage(""), key);
  const [isBusy, setIsBusy] = useState(false);
  const shown = loading.load.data;
  const cursor = shown?.next_cursor ?? "";

  async function more(): Promise<void> {
    if (isBusy || shown === null || cursor === "") return;
    setIsBusy(true);
    try {
      const next = await fetchPage(cursor);
      loading.replaceIf(shown, { ...next, items: [...shown.items, ...next.items] });
    } finally {
      setIsBusy(false);
    }
  }
  return { loading, hasMore: cursor !== "" && loading.load.state === "ready", more };
}
