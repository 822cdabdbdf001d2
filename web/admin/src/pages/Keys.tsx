import { type ReactNode, useState } from "react";
import { isAsked } from "../api/asked";
import { api, call } from "../api/client";
import type { Key } from "../api/types";
import { useMay } from "../app/session";
import { useLoad } from "../app/use_load";
import { ActDialog } from "../components/ActDialog";
import { Button } from "../components/Button";
import { type Column, DataTable } from "../components/DataTable";
import { Loaded } from "../components/Loaded";
import { notify } from "../components/Notices";
import { Page } from "../components/Page";
import { useWords, type Words } from "../i18n/words";

function columnsOf({ say, number }: Words): Column<Key>[] {
  return [
    { key: "version", head: say("key_version"), cell: (key) => `v${key.version}`, isName: true },
    {
      key: "seals",
      head: say("status"),
      cell: (key) => (
        <span className={key.seals ? "chip chip-good" : "chip"}>
          {say(key.seals ? "key_seals" : "key_opens")}
        </span>
      ),
    },
    { key: "rows", head: say("key_rows"), cell: (key) => number(key.rows), isNumber: true },
    {
      key: "secrets",
      head: say("key_secrets"),
      cell: (key) => number(key.kept_secrets),
      isNumber: true,
    },
  ];
}

type Asked = { kind: "rotate" } | { kind: "destroy"; key: Key };

export function Keys(): ReactNode {
  const words = useWords();
  const { say } = words;
  const may = useMay();
  const loading = useLoad(() => call(() => api.GET("/keys")));
  const [asked, setAsked] = useState<Asked | null>(null);
  const acts: Column<Key> = {
    key: "acts",
    head: say("acts"),
    isAct: true,
    cell: (key) =>
      !key.seals && (
        <Button isSmall look="danger" onPress={() => setAsked({ kind: "destroy", key })}>
          {say("destroy")}
        </Button>
      ),
  };

  async function act(what: Asked, reason: string): Promise<void> {
    const body = { reason };
    if (what.kind === "rotate") {
      loading.replace(await call(() => api.POST("/keys", { body })));
      notify(say("key_rotated"));
    } else {
      const path = { version: String(what.key.version) };
      const answer = await call(() =>
        api.POST("/keys/{version}/destroy", { params: { path }, body }),
      );
      if (!isAsked(answer)) loading.replace(answer);
      notify(say(isAsked(answer) ? "approval_asked" : "key_destroyed"));
    }
  }

  return (
    <Page
      title={say("nav_keys")}
      lead={say("keys_lead")}
      actions={
        may("keys.rotate") && (
          <Button onPress={() => setAsked({ kind: "rotate" })}>{say("key_rotate")}</Button>
        )
      }
    >
      <Loaded loading={loading}>
        {({ items }) => (
          <DataTable
            label={say("nav_keys")}
            columns={may("keys.destroy") ? [...columnsOf(words), acts] : columnsOf(words)}
            rows={items}
            rowKey={(key) => String(key.version)}
          />
        )}
      </Loaded>
      {asked !== null && (
        <ActDialog
          title={say(`key_${asked.kind}`)}
          text={say(`key_${asked.kind}_text`)}
          confirm={say(`key_${asked.kind}`)}
          isDangerous={asked.kind === "destroy"}
          typed={
            asked.kind === "destroy"
              ? say("destroy_word", { version: `v${asked.key.version}` })
              : ""
          }
          problems={{ "409": "key_needed" }}
          onAct={(reason) => act(asked, reason)}
          onClose={() => setAsked(null)}
        />
      )}
    </Page>
  );
}
