import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Invitation } from "../../api/types";
import { ActDialog } from "../../components/ActDialog";
import { Field } from "../../components/Field";
import { useWords } from "../../i18n/words";
import { RoleChoice } from "./RoleChoice";

interface InviteDialogProps {
  onInvited: (invitation: Invitation) => void;
  onClose: () => void;
}

export function InviteDialog({ onInvited, onClose }: InviteDialogProps): ReactNode {
  const { say } = useWords();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState("");

  function missing(): string {
    if (!/^\S+@\S+$/.test(email.trim())) return say("email_missing");
    if (name.trim() === "") return say("name_of_missing");
    return role === "" ? say("role_missing") : "";
  }

  return (
    <ActDialog
      title={say("staff_invite")}
      text={say("staff_invite_text")}
      confirm={say("staff_invite")}
      missing={missing()}
      problems={{ already_exists: "email_taken" }}
      onAct={async (reason) => {
        const body = { email: email.trim(), name: name.trim(), role, reason };
        onInvited(await call(() => api.POST("/staff", { body })));
      }}
      onClose={onClose}
    >
      <Field
        label={say("email")}
        type="email"
        value={email}
        onChange={setEmail}
        autoComplete="off"
        autoFocus
        isRequired
      />
      <Field label={say("name")} value={name} onChange={setName} autoComplete="off" isRequired />
      <RoleChoice value={role} onChange={setRole} />
    </ActDialog>
  );
}
