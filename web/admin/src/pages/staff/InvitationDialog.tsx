import type { ReactNode } from "react";
import type { Invitation } from "../../api/types";
import { Button } from "../../components/Button";
import { CopyText } from "../../components/CopyText";
import { Dialog } from "../../components/Dialog";
import { useWords } from "../../i18n/words";

/** The link is told once: the dialog closes only by its button. */
export function InvitationDialog({
  invitation,
  onClose,
}: {
  invitation: Invitation;
  onClose: () => void;
}): ReactNode {
  const { say, time } = useWords();
  return (
    <Dialog title={say("invitation")}>
      <p className="dialog-text">{say("invitation_text", { time: time(invitation.expires_at) })}</p>
      <CopyText label={say("invitation_link")} text={invitation.link} />
      <div className="actions">
        <Button look="main" onPress={onClose}>
          {say("done")}
        </Button>
      </div>
    </Dialog>
  );
}
