import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { MadeToken, Permission } from "../../api/types";
import { useMe } from "../../app/session";
import { useLoad } from "../../app/use_load";
import { ActDialog } from "../../components/ActDialog";
import { Choice, Field } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { useWords } from "../../i18n/words";
import { PermissionChecks } from "./PermissionChecks";

const LIFETIMES_H = {
  "24": "lifetime_day",
  "168": "lifetime_week",
  "720": "lifetime_month",
  "2160": "lifetime_quarter",
  "8760": "lifetime_year",
} as const;
type Lifetime = keyof typeof LIFETIMES_H;
const LIFETIMES = Object.keys(LIFETIMES_H) as Lifetime[];

interface TokenDialogProps {
  onMade: (token: MadeToken) => void;
  onClose: () => void;
}

/** A token holds nothing that asks again, and here nothing that its maker does not have. */
export function TokenDialog({ onMade, onClose }: TokenDialogProps): ReactNode {
  const { say } = useWords();
  const me = useMe();
  const loading = useLoad(() => call(() => api.GET("/roles")));
  const [label, setLabel] = useState("");
  const [chosen, setChosen] = useState<Permission[]>([]);
  const [lifetime, setLifetime] = useState<Lifetime>("2160");

  function missing(): string {
    if (label.trim() === "") return say("token_label_missing");
    return chosen.length === 0 ? say("permissions_missing") : "";
  }

  return (
    <ActDialog
      title={say("token_new")}
      text={say("token_new_text")}
      confirm={say("token_new")}
      missing={missing()}
      isWide
      onAct={async (reason) => {
        const body = {
          label: label.trim(),
          permissions: chosen,
          lifetime_hours: Number(lifetime),
          reason,
        };
        onMade(await call(() => api.POST("/tokens", { body })));
      }}
      onClose={onClose}
    >
      <Field
        label={say("token_label")}
        value={label}
        onChange={setLabel}
        maxLength={100}
        autoFocus
        isRequired
      />
      <Choice
        label={say("lifetime")}
        value={lifetime}
        options={LIFETIMES.map((hours) => [hours, say(LIFETIMES_H[hours])] as const)}
        onChange={setLifetime}
      />
      <Loaded loading={loading}>
        {({ permissions }) => (
          <PermissionChecks
            permissions={permissions.filter(
              ({ name, asks_again }) => !asks_again && me.permissions.includes(name),
            )}
            chosen={chosen}
            onChange={setChosen}
          />
        )}
      </Loaded>
    </ActDialog>
  );
}
