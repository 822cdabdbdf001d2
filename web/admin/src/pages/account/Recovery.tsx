import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import { useMe, useSession } from "../../app/session";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Panel } from "../../components/Page";
import { RecoveryCodes } from "../../components/RecoveryCodes";
import { useWords } from "../../i18n/words";

const FEW = 3;

export function Recovery(): ReactNode {
  const { say } = useWords();
  const { refresh } = useSession();
  const left = useMe().recovery_codes_left;
  const [isAsking, setIsAsking] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Panel
      title={say("recovery_title")}
      lead={say("recovery_lead")}
      actions={
        <Button isSmall onPress={() => setIsAsking(true)}>
          {say("recovery_new")}
        </Button>
      }
    >
      <p className={left <= FEW ? "panel-text warn" : "panel-text"}>
        {say("recovery_left", { count: left })}
      </p>
      {isAsking && (
        <ActDialog
          title={say("recovery_new")}
          text={say("recovery_new_text")}
          confirm={say("recovery_new")}
          wantsReason={false}
          onAct={async () => {
            const made = await call(() => api.POST("/me/recovery-codes"));
            setCodes(made.recovery_codes);
          }}
          onClose={() => setIsAsking(false)}
        />
      )}
      {codes !== null && !isAsking && (
        <Dialog title={say("recovery_title")}>
          <RecoveryCodes
            codes={codes}
            onKept={() => {
              setCodes(null);
              void refresh();
            }}
          />
        </Dialog>
      )}
    </Panel>
  );
}
