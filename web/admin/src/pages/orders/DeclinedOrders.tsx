import type { ReactNode } from "react";
import { api, call } from "../../api/client";
import type { DeclinedOrder } from "../../api/types";
import { setQuery, useQuery } from "../../app/router";
import { useMore } from "../../app/use_more";
import { type Column, DataTable } from "../../components/DataTable";
import { Check } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { MoreButton } from "../../components/MoreButton";
import { Page } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { orderColumns } from "./Orders";

export function DeclinedOrders(): ReactNode {
  const words = useWords();
  const { say, time } = words;
  const isOnlyBroken = useQuery("only") === "broken";
  const { loading, hasMore, more } = useMore(
    (cursor) =>
      call(() =>
        api.GET("/declined-orders", {
          params: {
            query: {
              ...(isOnlyBroken ? { only: "broken" as const } : {}),
              ...(cursor === "" ? {} : { cursor }),
            },
          },
        }),
      ),
    String(isOnlyBroken),
  );
  const [order, placed, ...rest] = orderColumns<DeclinedOrder>(words);
  const columns: Column<DeclinedOrder>[] = [
    ...[order, placed].filter((column) => column !== undefined),
    { key: "decided", head: say("decided_at"), cell: (row) => time(row.decided_at) },
    {
      key: "why",
      head: say("cancel_reason"),
      cell: (row) => <code>{row.cancel_reason ?? "–"}</code>,
    },
    { key: "first", head: say("first_answer"), cell: (row) => say(`first_${row.first_answer}`) },
    {
      key: "promise",
      head: say("promise"),
      cell: (row) =>
        row.promise_broken ? <span className="chip chip-bad">{say("broken")}</span> : "–",
    },
    ...rest.filter((column) => column.key !== "status"),
  ];

  return (
    <Page title={say("nav_declined")} lead={say("declined_lead")}>
      <div className="toolbar">
        <Check
          isSelected={isOnlyBroken}
          onChange={(isOnly) => setQuery("only", isOnly ? "broken" : "")}
        >
          {say("only_broken")}
        </Check>
      </div>
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say("declined_none")}
      >
        {({ items }) => (
          <>
            <DataTable
              label={say("nav_declined")}
              columns={columns}
              rows={items}
              rowKey={({ id }) => id}
            />
            <MoreButton hasMore={hasMore} more={more} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
