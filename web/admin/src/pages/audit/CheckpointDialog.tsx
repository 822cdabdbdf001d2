import type { ReactNode } from "react";
import { api, call } from "../../api/client";
import { useLoad } from "../../app/use_load";
import { Button } from "../../components/Button";
import { CopyText } from "../../components/CopyText";
import { Dialog } from "../../components/Dialog";
import { download } from "../../components/download";
import { Loaded } from "../../components/Loaded";
import { useWords } from "../../i18n/words";

export function CheckpointDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { say } = useWords();
  const loading = useLoad(() => call(() => api.GET("/audit/checkpoint")));
  return (
    <Dialog title={say("checkpoint")} onClose={onClose} isWide>
      <p className="dialog-text">{say("checkpoint_text")}</p>
      <Loaded loading={loading} isEmpty={({ note }) => note === ""} empty={say("checkpoint_none")}>
        {({ note }) => (
          <>
            <CopyText label={say("checkpoint_note")} text={note} />
            <div className="actions">
              <Button
                icon="download"
                onPress={() => download("dermaga-audit-checkpoint.txt", note, "text/plain")}
              >
                {say("download")}
              </Button>
            </div>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
