import type { ReactNode } from "react";
import { api, call } from "../../api/client";
import type { Order, OrderStatus } from "../../api/types";
import { Link, setQuery, useQuery } from "../../app/router";
import { useMore } from "../../app/use_more";
import { Button } from "../../components/Button";
import { Chip } from "../../components/Chips";
import { type Column, DataTable } from "../../components/DataTable";
import { Choice } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { MoreButton } from "../../components/MoreButton";
import { Page } from "../../components/Page";
import { useWords, type Words } from "../../i18n/words";

const STATUSES: readonly OrderStatus[] = [
  "pending_acceptance",
  "open",
  "confirmed",
  "completed",
  "expired",
  "cancelled",
];

export function orderColumns<T extends Order>({ say, time, money }: Words): Column<T>[] {
  return [
    {
      key: "order",
      head: say("order"),
      isName: true,
      cell: (order) => (
        <Link to={`/orders/${order.id}`}>{order.order_number?.toString() ?? order.id}</Link>
      ),
    },
    { key: "placed", head: say("placed_at"), cell: (order) => time(order.placed_at) },
    { key: "status", head: say("status"), cell: (order) => <Chip word={order.status} /> },
    { key: "payment", head: say("payment"), cell: (order) => <Chip word={order.payment_status} /> },
    {
      key: "fulfilment",
      head: say("fulfilment"),
      cell: (order) => <Chip word={order.fulfilment_status} />,
    },
    { key: "total", head: say("total"), cell: (order) => money(order.total), isNumber: true },
  ];
}

export function Orders(): ReactNode {
  const words = useWords();
  const { say } = words;
  const asked = useQuery("status");
  const status = STATUSES.find((name) => name === asked);
  const { loading, hasMore, more } = useMore(
    (cursor) =>
      call(() =>
        api.GET("/orders", {
          params: {
            query: {
              ...(status === undefined ? {} : { status }),
              ...(cursor === "" ? {} : { cursor }),
            },
          },
        }),
      ),
    status ?? "",
  );
  const options: (readonly [OrderStatus | "all", string])[] = [
    ["all", say("all")],
    ...STATUSES.map((name) => [name, say(`word_${name}`)] as const),
  ];

  return (
    <Page title={say("nav_orders")}>
      <div className="toolbar">
        <Choice
          label={say("status")}
          value={status ?? "all"}
          options={options}
          onChange={(name) => setQuery("status", name === "all" ? "" : name)}
        />
        <Button onPress={loading.reload}>{say("refresh")}</Button>
      </div>
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say("orders_none")}
      >
        {({ items }) => (
          <>
            <DataTable
              label={say("nav_orders")}
              columns={orderColumns<Order>(words)}
              rows={items}
              rowKey={(order) => order.id}
            />
            <MoreButton hasMore={hasMore} more={more} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
