import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Lease } from "../../api/types";
import { useMay } from "../../app/session";
import { useLoad } from "../../app/use_load";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { Chip } from "../../components/Chips";
import { type Column, DataTable } from "../../components/DataTable";
import { Loaded } from "../../components/Loaded";
import { notify } from "../../components/Notices";
import { Page } from "../../components/Page";
import { useWords, type Words } from "../../i18n/words";

const LIMIT = 100;

function columnsOf({ say, time, number }: Words): Column<Lease>[] {
  return [
    {
      key: "spool",
      head: say("spool"),
      isName: true,
      cell: (lease) => (
        <>
          {lease.spool_id}
          <span className="second-line">{say("epoch", { number: String(lease.epoch) })}</span>
        </>
      ),
    },
    {
      key: "state",
      head: say("status"),
      cell: (lease) => (
        <>
          <Chip word={lease.state} />
          {lease.abandon_reason !== undefined && (
            <span className="second-line wrap">{lease.abandon_reason}</span>
          )}
        </>
      ),
    },
    {
      key: "granted",
      head: say("granted_at"),
      cell: (lease) => (
        <>
          {time(lease.granted_at)}
          {lease.closed_at !== undefined && (
            <span className="second-line">
              {say("closed_at")} {time(lease.closed_at)}
            </span>
          )}
        </>
      ),
    },
    {
      key: "units",
      head: say("units_granted"),
      cell: (lease) => number(lease.units_granted),
      isNumber: true,
    },
    {
      key: "back",
      head: say("units_returned"),
      cell: (lease) => number(lease.units_returned),
      isNumber: true,
    },
  ];
}

export function Leases(): ReactNode {
  const words = useWords();
  const { say } = words;
  const may = useMay();
  const loading = useLoad(() =>
    call(() => api.GET("/leases", { params: { query: { limit: LIMIT } } })),
  );
  const [abandoned, setAbandoned] = useState<Lease | null>(null);
  const acts: Column<Lease> = {
    key: "acts",
    head: say("acts"),
    isAct: true,
    cell: (lease) =>
      lease.closed_at === undefined && (
        <Button isSmall look="danger" onPress={() => setAbandoned(lease)}>
          {say("abandon")}
        </Button>
      ),
  };

  return (
    <Page
      title={say("nav_leases")}
      lead={say("leases_lead")}
      actions={<Button onPress={loading.reload}>{say("refresh")}</Button>}
    >
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say("leases_none")}
      >
        {({ items }) => (
          <DataTable
            label={say("nav_leases")}
            columns={may("leases.abandon") ? [...columnsOf(words), acts] : columnsOf(words)}
            rows={items}
            rowKey={(lease) => `${lease.spool_id} ${lease.epoch}`}
          />
        )}
      </Loaded>
      {abandoned !== null && (
        <ActDialog
          title={say("abandon_title", { spool: abandoned.spool_id })}
          text={say("abandon_text")}
          confirm={say("abandon")}
          isDangerous
          typed={abandoned.spool_id}
          onAct={async (reason) => {
            const path = { spool_id: abandoned.spool_id, epoch: String(abandoned.epoch) };
            await call(() =>
              api.POST("/leases/{spool_id}/{epoch}/abandon", {
                params: { path },
                body: { reason },
              }),
            );
            notify(say("abandoned"));
            loading.reload();
          }}
          onClose={() => setAbandoned(null)}
        />
      )}
    </Page>
  );
}
