import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { AuditEntry } from "../../api/types";
import { useMay } from "../../app/session";
import { useLoad } from "../../app/use_load";
import { Button } from "../../components/Button";
import { type Column, DataTable } from "../../components/DataTable";
import { Field } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { useWords, type Words } from "../../i18n/words";
import { CheckpointDialog } from "./CheckpointDialog";
import { ExportDialog } from "./ExportDialog";
import { matches, newerThan, olderThan, PAGE_ENTRIES, type Range } from "./paging";
import { Verification } from "./Verification";

function columnsOf({ say, exactTime }: Words): Column<AuditEntry>[] {
  return [
    { key: "sequence", head: "#", cell: (entry) => entry.sequence, isNumber: true },
    { key: "at", head: say("at"), cell: (entry) => exactTime(entry.at) },
    {
      key: "action",
      head: say("action"),
      isName: true,
      cell: (entry) => (
        <>
          <code>{entry.action}</code>
          {entry.is_denied && <span className="second-line warn">{say("denied")}</span>}
        </>
      ),
    },
    {
      key: "actor",
      head: say("actor"),
      cell: (entry) => (
        <>
          {entry.actor}
          <span className="second-line">{entry.source}</span>
        </>
      ),
    },
    {
      key: "subject",
      head: say("subject"),
      cell: (entry) => (
        <>
          <code>{entry.subject || "–"}</code>
          {entry.detail !== "" && <span className="second-line wrap">{entry.detail}</span>}
        </>
      ),
    },
    {
      key: "reason",
      head: say("reason"),
      cell: (entry) => <span className="wrap">{entry.reason || "–"}</span>,
    },
  ];
}

interface PagerProps {
  older: Range | null;
  newer: Range | null;
  onGo: (range: Range) => void;
}

function Pager({ older, newer, onGo }: PagerProps): ReactNode {
  const { say } = useWords();
  return (
    <div className="actions actions-start">
      <Button isDisabled={newer === null} onPress={() => onGo({ limit: PAGE_ENTRIES })}>
        {say("newest")}
      </Button>
      <Button isDisabled={newer === null} onPress={() => newer !== null && onGo(newer)}>
        {say("newer")}
      </Button>
      <Button isDisabled={older === null} onPress={() => older !== null && onGo(older)}>
        {say("older")}
      </Button>
    </div>
  );
}

export function Audit(): ReactNode {
  const words = useWords();
  const { say } = words;
  const may = useMay();
  const [range, setRange] = useState<Range>({ limit: PAGE_ENTRIES });
  const [filter, setFilter] = useState("");
  const [dialog, setDialog] = useState<"checkpoint" | "export" | null>(null);
  const loading = useLoad(
    () => call(() => api.GET("/audit/entries", { params: { query: range } })),
    JSON.stringify(range),
  );

  return (
    <Page
      title={say("nav_audit")}
      lead={say("audit_lead")}
      actions={
        <>
          <Button onPress={() => setDialog("checkpoint")}>{say("checkpoint")}</Button>
          {may("audit.export") && (
            <Button onPress={() => setDialog("export")}>{say("export")}</Button>
          )}
        </>
      }
    >
      <Verification />
      <div className="toolbar">
        <Field label={say("filter_page")} type="search" value={filter} onChange={setFilter} />
        <Button onPress={loading.reload}>{say("refresh")}</Button>
      </div>
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say("audit_none")}
      >
        {({ items, size }) => {
          const shown = items.filter((entry) => matches(entry, filter)).reverse();
          return (
            <>
              <p className="lead" role="status">
                {say("audit_shown", { shown: shown.length, page: items.length, size })}
              </p>
              <DataTable
                label={say("nav_audit")}
                columns={columnsOf(words)}
                rows={shown}
                rowKey={(entry) => String(entry.sequence)}
                rowClass={(entry) => (entry.is_denied ? "denied" : "")}
              />
              <Pager older={olderThan(items)} newer={newerThan(items, size)} onGo={setRange} />
            </>
          );
        }}
      </Loaded>
      {dialog === "checkpoint" && <CheckpointDialog onClose={() => setDialog(null)} />}
      {dialog === "export" && <ExportDialog onClose={() => setDialog(null)} />}
    </Page>
  );
}
