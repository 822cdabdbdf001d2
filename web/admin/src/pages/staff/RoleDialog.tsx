import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Permission, Role, RoleList } from "../../api/types";
import { ActDialog } from "../../components/ActDialog";
import { Field } from "../../components/Field";
import { notify } from "../../components/Notices";
import { useWords } from "../../i18n/words";
import { PermissionChecks } from "./PermissionChecks";

interface RoleDialogProps {
  /** null: a new one. */
  role: Role | null;
  permissions: RoleList["permissions"];
  onDone: () => void;
  onClose: () => void;
}

export function RoleDialog({ role, permissions, onDone, onClose }: RoleDialogProps): ReactNode {
  const { say } = useWords();
  const [name, setName] = useState(role?.name ?? "");
  const [chosen, setChosen] = useState<Permission[]>(role?.permissions ?? []);

  function missing(): string {
    if (name.trim() === "") return say("role_name_missing");
    return chosen.length === 0 ? say("permissions_missing") : "";
  }

  async function save(reason: string): Promise<void> {
    if (role === null) {
      const body = { name: name.trim(), permissions: chosen, reason };
      await call(() => api.POST("/roles", { body }));
    } else {
      const params = { path: { name: role.name } };
      const body = { version: role.version, permissions: chosen, reason };
      await call(() => api.PUT("/roles/{name}", { params, body }));
    }
    notify(say("role_saved", { name: name.trim() }));
    onDone();
  }

  return (
    <ActDialog
      title={role === null ? say("role_new") : `${say("role_change")}: ${role.name}`}
      text={say(role === null ? "role_new_text" : "role_change_text")}
      confirm={say("save")}
      missing={missing()}
      isWide
      onAct={save}
      onClose={onClose}
    >
      {role === null && (
        <Field
          label={say("role_name")}
          value={name}
          onChange={setName}
          autoComplete="off"
          autoFocus
          isRequired
          isMono
        />
      )}
      <PermissionChecks permissions={permissions} chosen={chosen} onChange={setChosen} />
    </ActDialog>
  );
}
