import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import { ActDialog } from "../../components/ActDialog";
import { asJson, download } from "../../components/download";
import { Field } from "../../components/Field";
import { notify } from "../../components/Notices";
import { useWords } from "../../i18n/words";

export function ExportDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { say } = useWords();
  const [from, setFrom] = useState("0");
  const isNumber = /^\d{1,15}$/.test(from.trim());
  return (
    <ActDialog
      title={say("audit_export")}
      text={say("audit_export_text")}
      confirm={say("export")}
      missing={isNumber ? "" : say("from_missing")}
      onAct={async (reason) => {
        const body = { from: Number(from), reason };
        const file = await call(() => api.POST("/audit/export", { body }));
        download(`dermaga-audit-${body.from}.json`, asJson(file));
        notify(say("audit_exported", { count: file.items.length, next: String(file.next_from) }));
      }}
      onClose={onClose}
    >
      <Field
        label={say("from_sequence")}
        value={from}
        onChange={setFrom}
        inputMode="numeric"
        isMono
        autoFocus
      />
    </ActDialog>
  );
}
