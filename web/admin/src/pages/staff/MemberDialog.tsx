import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Invitation, Member } from "../../api/types";
import { ActDialog } from "../../components/ActDialog";
import { notify } from "../../components/Notices";
import { useWords } from "../../i18n/words";
import { RoleChoice } from "./RoleChoice";

export type MemberAct = "role" | "disable" | "enable" | "invite_again" | "sign_out";

interface MemberDialogProps {
  member: Member;
  act: MemberAct;
  onDone: () => void;
  onInvited: (invitation: Invitation) => void;
  onClose: () => void;
}

/** One act on one colleague. */
export function MemberDialog({
  member,
  act,
  onDone,
  onInvited,
  onClose,
}: MemberDialogProps): ReactNode {
  const { say } = useWords();
  const [role, setRole] = useState(member.role);
  const params = { path: { staff_id: member.id } };

  async function change(
    body: { role?: string; disabled?: boolean },
    reason: string,
  ): Promise<void> {
    const { version } = member;
    await call(() =>
      api.PATCH("/staff/{staff_id}", { params, body: { ...body, version, reason } }),
    );
  }

  async function doIt(reason: string): Promise<void> {
    const body = { reason };
    switch (act) {
      case "role":
        await change({ role }, reason);
        break;
      case "disable":
      case "enable":
        await change({ disabled: act === "disable" }, reason);
        break;
      case "sign_out":
        await call(() => api.POST("/staff/{staff_id}/sign-out", { params, body }));
        break;
      case "invite_again":
        onInvited(await call(() => api.POST("/staff/{staff_id}/invitation", { params, body })));
        return;
    }
    notify(say("staff_changed", { name: member.name }));
    onDone();
  }

  return (
    <ActDialog
      title={`${say(`staff_${act}`)}: ${member.name}`}
      text={say(`staff_${act}_text`)}
      confirm={say(`staff_${act}`)}
      isDangerous={act === "disable" || act === "invite_again"}
      missing={act === "role" && role === member.role ? say("role_same") : ""}
      onAct={doIt}
      onClose={onClose}
    >
      {act === "role" ? <RoleChoice value={role} onChange={setRole} /> : undefined}
    </ActDialog>
  );
}
