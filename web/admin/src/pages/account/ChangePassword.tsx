import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import { useMe } from "../../app/session";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { PasswordField } from "../../components/Field";
import { notify } from "../../components/Notices";
import { Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { passwordHintOf } from "../enrol/password";

const WRONG = { invalid_request: "password_old_wrong" } as const;

function PasswordDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { say } = useWords();
  const { email } = useMe();
  const [oldPassword, setOldPassword] = useState("");
  const [newPassword, setNewPassword] = useState("");

  function missing(): string {
    if (oldPassword === "") return say("password_old_missing");
    return passwordHintOf(newPassword) === null ? "" : say("problem_password_too_short");
  }

  return (
    <ActDialog
      title={say("password_change")}
      text={say("password_change_text")}
      confirm={say("password_change")}
      wantsReason={false}
      missing={missing()}
      problems={WRONG}
      onAct={async () => {
        const body = { old_password: oldPassword, new_password: newPassword };
        await call(() => api.PUT("/me/password", { body }));
        notify(say("password_changed"));
      }}
      onClose={onClose}
    >
      <input
        className="visually-hidden"
        autoComplete="username"
        value={email}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        label={say("password_old")}
        autoComplete="current-password"
        value={oldPassword}
        onChange={setOldPassword}
        autoFocus
      />
      <PasswordField
        label={say("password_new")}
        hint={say("password_hint")}
        autoComplete="new-password"
        value={newPassword}
        onChange={setNewPassword}
      />
    </ActDialog>
  );
}

export function ChangePassword(): ReactNode {
  const { say } = useWords();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Panel
      title={say("password")}
      lead={say("password_lead")}
      actions={
        <Button isSmall onPress={() => setIsOpen(true)}>
          {say("password_change")}
        </Button>
      }
    >
      {isOpen && <PasswordDialog onClose={() => setIsOpen(false)} />}
    </Panel>
  );
}
