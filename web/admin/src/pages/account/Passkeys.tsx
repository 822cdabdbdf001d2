import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Passkey } from "../../api/types";
import { hasPasskeys } from "../../api/webauthn";
import { useLoad } from "../../app/use_load";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { DataTable } from "../../components/DataTable";
import { Field } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { notify } from "../../components/Notices";
import { Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { addPasskey, thisDevice } from "./add_passkey";

function AddDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }): ReactNode {
  const { say } = useWords();
  const [label, setLabel] = useState(thisDevice);
  return (
    <ActDialog
      title={say("passkey_add")}
      text={say("passkey_add_text")}
      confirm={say("go_on")}
      wantsReason={false}
      missing={label.trim() === "" ? say("passkey_label_missing") : ""}
      problems={{ already_exists: "passkey_exists" }}
      onAct={async () => {
        const passkey = await addPasskey(label);
        notify(say("passkey_added", { label: passkey.label }));
        onDone();
      }}
      onClose={onClose}
    >
      <Field
        label={say("passkey_label")}
        hint={say("passkey_label_hint")}
        value={label}
        onChange={setLabel}
        maxLength={100}
        autoFocus
      />
    </ActDialog>
  );
}

export function Passkeys(): ReactNode {
  const { say, ago, time } = useWords();
  const loading = useLoad(() => call(() => api.GET("/me/passkeys")));
  const [isAdding, setIsAdding] = useState(false);
  const [removed, setRemoved] = useState<Passkey | null>(null);

  return (
    <Panel
      title={say("passkeys")}
      lead={say(hasPasskeys() ? "passkeys_lead" : "passkeys_unknown")}
      actions={
        <Button isSmall isDisabled={!hasPasskeys()} onPress={() => setIsAdding(true)}>
          {say("passkey_add")}
        </Button>
      }
    >
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say("passkeys_none")}
      >
        {({ items }) => (
          <DataTable
            label={say("passkeys")}
            rows={items}
            rowKey={(passkey) => passkey.id}
            columns={[
              {
                key: "label",
                head: say("passkey_label"),
                cell: (passkey) => passkey.label,
                isName: true,
              },
              {
                key: "created",
                head: say("created_at"),
                cell: (passkey) => time(passkey.created_at),
              },
              {
                key: "used",
                head: say("last_used_at"),
                cell: (passkey) => ago(passkey.last_used_at),
              },
              {
                key: "acts",
                head: say("acts"),
                isAct: true,
                cell: (passkey) => (
                  <Button isSmall look="danger" onPress={() => setRemoved(passkey)}>
                    {say("remove")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {isAdding && <AddDialog onDone={loading.reload} onClose={() => setIsAdding(false)} />}
      {removed !== null && (
        <ActDialog
          title={say("passkey_remove")}
          text={say("passkey_remove_text", { label: removed.label })}
          confirm={say("remove")}
          isDangerous
          wantsReason={false}
          onAct={async () => {
            const path = { passkey_id: removed.id };
            await call(() => api.DELETE("/me/passkeys/{passkey_id}", { params: { path } }));
            loading.reload();
          }}
          onClose={() => setRemoved(null)}
        />
      )}
    </Panel>
  );
}
