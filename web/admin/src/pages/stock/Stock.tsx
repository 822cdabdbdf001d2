import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { StockRow } from "../../api/types";
import { setQuery, useQuery } from "../../app/router";
import { useMay } from "../../app/session";
import { useMore } from "../../app/use_more";
import { Button } from "../../components/Button";
import { type Column, DataTable } from "../../components/DataTable";
import { Field } from "../../components/Field";
import { Form } from "../../components/Form";
import { Loaded } from "../../components/Loaded";
import { MoreButton } from "../../components/MoreButton";
import { Page } from "../../components/Page";
import { useWords, type Words } from "../../i18n/words";
import { AdjustDialog } from "./AdjustDialog";

function columnsOf(
  { say, number }: Words,
  onAdjust: ((row: StockRow) => void) | null,
): Column<StockRow>[] {
  const columns: Column<StockRow>[] = [
    {
      key: "sku",
      head: say("sku"),
      isName: true,
      cell: (row) => (
        <>
          {row.sku}
          <span className="second-line">{row.product}</span>
        </>
      ),
    },
    { key: "location", head: say("location"), cell: (row) => <code>{row.location_id}</code> },
    { key: "hand", head: say("on_hand"), cell: (row) => number(row.on_hand), isNumber: true },
    { key: "held", head: say("held"), cell: (row) => number(row.held), isNumber: true },
    { key: "leased", head: say("leased"), cell: (row) => number(row.leased), isNumber: true },
    {
      key: "available",
      head: say("available"),
      isNumber: true,
      cell: (row) => (
        <strong className={row.available <= 0 ? "warn" : ""}>{number(row.available)}</strong>
      ),
    },
  ];
  if (onAdjust === null) return columns;
  return [
    ...columns,
    {
      key: "acts",
      head: say("acts"),
      isAct: true,
      cell: (row) => (
        <Button isSmall onPress={() => onAdjust(row)}>
          {say("adjust")}
        </Button>
      ),
    },
  ];
}

function Filter({ sku }: { sku: string }): ReactNode {
  const { say } = useWords();
  const [entered, setEntered] = useState(sku);
  return (
    <Form
      className="toolbar"
      label={say("filter")}
      onSubmit={() => setQuery("sku", entered.trim())}
    >
      <Field label={say("sku_or_variant")} type="search" value={entered} onChange={setEntered} />
      <Button type="submit">{say("filter")}</Button>
      {sku !== "" && (
        <Button
          look="bare"
          onPress={() => {
            setEntered("");
            setQuery("sku", "");
          }}
        >
          {say("show_all")}
        </Button>
      )}
    </Form>
  );
}

export function Stock(): ReactNode {
  const words = useWords();
  const { say } = words;
  const may = useMay();
  const sku = useQuery("sku");
  const [adjusted, setAdjusted] = useState<StockRow | null>(null);
  const { loading, hasMore, more } = useMore(
    (cursor) =>
      call(() =>
        api.GET("/stock", {
          params: {
            query: { ...(sku === "" ? {} : { sku }), ...(cursor === "" ? {} : { cursor }) },
          },
        }),
      ),
    sku,
  );

  function replaceRow(row: StockRow): void {
    const shown = loading.load.data;
    if (shown === null) return;
    const isSame = (other: StockRow): boolean =>
      other.variant_id === row.variant_id && other.location_id === row.location_id;
    loading.replace({ ...shown, items: shown.items.map((other) => (isSame(other) ? row : other)) });
  }

  return (
    <Page title={say("nav_stock")}>
      <Filter sku={sku} />
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say(sku === "" ? "stock_none" : "stock_not_found")}
      >
        {({ items }) => (
          <>
            <DataTable
              label={say("nav_stock")}
              columns={columnsOf(words, may("stock.adjust") ? setAdjusted : null)}
              rows={items}
              rowKey={(row) => `${row.variant_id} ${row.location_id}`}
            />
            <MoreButton hasMore={hasMore} more={more} />
          </>
        )}
      </Loaded>
      {adjusted !== null && (
        <AdjustDialog row={adjusted} onDone={replaceRow} onClose={() => setAdjusted(null)} />
      )}
    </Page>
  );
}
