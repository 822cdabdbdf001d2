import type { ReactNode } from "react";
import { useWords } from "../i18n/words";
import { Button } from "./Button";
import { FormError, useSending } from "./Form";

/** Below a list that goes on. */
export function MoreButton({
  hasMore,
  more,
}: {
  hasMore: boolean;
  more: () => Promise<void>;
}): ReactNode {
  const { say } = useWords();
  const { isBusy, error, send } = useSending();
  return (
    <>
      <FormError>{error}</FormError>
      {hasMore && (
        <div className="actions actions-start">
          <Button isBusy={isBusy} onPress={() => void send(more)}>
            {say("more")}
          </Button>
        </div>
      )}
    </>
  );
}
