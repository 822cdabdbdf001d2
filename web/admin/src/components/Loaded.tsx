import type { ReactNode } from "react";
import type { Loading } from "../app/use_load";
import { sentenceOf } from "../i18n/problems";
import { useWords } from "../i18n/words";
import { Button } from "./Button";

interface LoadedProps<T> {
  loading: Loading<T>;
  isEmpty?: (data: T) => boolean;
  empty?: string;
  children: (data: T) => ReactNode;
}

/** What was fetched; or that it is on its way, that there is nothing, or why it did not come. */
export function Loaded<T>({ loading, isEmpty, empty, children }: LoadedProps<T>): ReactNode {
  const words = useWords();
  const { load, reload } = loading;
  return (
    <div aria-busy={load.state === "loading"} className="loaded">
      {load.state === "failed" && (
        <div className="callout callout-bad" role="alert">
          <p>{sentenceOf(load.error, words)}</p>
          <Button isSmall onPress={reload}>
            {words.say("try_again")}
          </Button>
        </div>
      )}
      {load.data === null && load.state === "loading" && (
        <div className="skeleton" role="status">
          <span className="visually-hidden">{words.say("loading")}</span>
          <i />
          <i />
          <i />
          <i />
        </div>
      )}
      {load.data !== null &&
        (isEmpty?.(load.data) === true && load.state === "ready" ? (
          <p className="empty">{empty}</p>
        ) : (
          children(load.data)
        ))}
    </div>
  );
}
