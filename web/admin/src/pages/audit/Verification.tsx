import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { AuditVerification } from "../../api/types";
import { Button } from "../../components/Button";
import { FormError, useSending } from "../../components/Form";
import { Facts, Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";

function Result({ found }: { found: AuditVerification }): ReactNode {
  const { say, number } = useWords();
  const isGood = found.breaches.length === 0;
  return (
    <>
      <p className={isGood ? "callout callout-good" : "callout callout-bad"} role="alert">
        {isGood ? say("verify_good") : say("verify_bad", { count: found.breaches.length })}
      </p>
      {!isGood && (
        <ul className="breaches mono">
          {found.breaches.map((breach) => (
            <li key={breach}>{breach}</li>
          ))}
        </ul>
      )}
      <Facts
        items={[
          [say("entries"), number(found.entries)],
          [say("checkpoints"), number(found.checkpoints)],
          [say("countersigned"), number(found.countersigned)],
          [say("witnesses"), number(found.witnesses)],
        ]}
      />
    </>
  );
}

export function Verification(): ReactNode {
  const { say } = useWords();
  const { isBusy, error, send } = useSending();
  const [found, setFound] = useState<AuditVerification | null>(null);
  return (
    <Panel
      title={say("verification")}
      lead={say("verification_lead")}
      actions={
        <Button
          isSmall
          icon="shield"
          isBusy={isBusy}
          onPress={() =>
            void send(async () => {
              setFound(null);
              setFound(await call(() => api.GET("/audit/verification")));
            })
          }
        >
          {say("verify")}
        </Button>
      }
    >
      <div
        className={found === null && error === "" && !isBusy ? "" : "panel-body"}
        aria-busy={isBusy}
      >
        {isBusy && <p role="status">{say("verifying")}</p>}
        <FormError>{error}</FormError>
        {found !== null && <Result found={found} />}
      </div>
    </Panel>
  );
}
