import { type ReactNode, useState } from "react";
import { ActDialog } from "../../components/ActDialog";
import { Choice, Field } from "../../components/Field";
import { useWords } from "../../i18n/words";

export type Kind = "email" | "phone";

/** What is looked for. It goes into a request's body only: never into the page's address. */
export interface Sought {
  kind: Kind;
  text: string;
  reason: string;
}

interface FindDialogProps {
  onFind: (sought: Sought) => Promise<void>;
  onClose: () => void;
}

export function FindDialog({ onFind, onClose }: FindDialogProps): ReactNode {
  const { say } = useWords();
  const [kind, setKind] = useState<Kind>("email");
  const [text, setText] = useState("");
  return (
    <ActDialog
      title={say("find_customer")}
      text={say("find_text")}
      confirm={say("find")}
      missing={text.trim() === "" ? say("find_missing") : ""}
      onAct={(reason) => onFind({ kind, text: text.trim(), reason })}
      onClose={onClose}
    >
      <Choice
        label={say("find_by")}
        value={kind}
        options={[
          ["email", say("email")],
          ["phone", say("phone")],
        ]}
        onChange={(next) => {
          setKind(next);
          setText("");
        }}
      />
      <Field
        label={say(kind)}
        value={text}
        onChange={setText}
        type={kind === "email" ? "email" : "text"}
        autoComplete="off"
        maxLength={kind === "email" ? 254 : 64}
        autoFocus
        isRequired
      />
    </ActDialog>
  );
}
