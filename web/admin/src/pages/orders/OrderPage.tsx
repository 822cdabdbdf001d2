import type { ReactNode } from "react";
import { api, call } from "../../api/client";
import type { OrderDetails } from "../../api/types";
import { Link } from "../../app/router";
import { useLoad } from "../../app/use_load";
import { Chip } from "../../components/Chips";
import { DataTable } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import { Loaded } from "../../components/Loaded";
import { Facts, Page, Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { CustomerPanel } from "./CustomerPanel";
import { OrderActs } from "./OrderActs";

function Lines({ order }: { order: OrderDetails }): ReactNode {
  const { say, money, number } = useWords();
  return (
    <Panel title={say("lines")}>
      <DataTable
        label={say("lines")}
        rows={order.lines}
        rowKey={(line) => `${line.variant_id} ${line.location_id}`}
        columns={[
          {
            key: "variant",
            head: say("variant"),
            cell: (line) => (
              <>
                {line.product}
                <br />
                <code>{line.sku === "" ? line.variant_id : line.sku}</code>
              </>
            ),
            isName: true,
          },
          {
            key: "location",
            head: say("location"),
            cell: (line) => <code>{line.location_id}</code>,
          },
          {
            key: "quantity",
            head: say("quantity"),
            cell: (line) => number(line.quantity),
            isNumber: true,
          },
          { key: "held", head: say("held"), cell: (line) => number(line.held), isNumber: true },
          {
            key: "price",
            head: say("unit_price"),
            cell: (line) => money(line.unit_price),
            isNumber: true,
          },
          {
            key: "total",
            head: say("line_total"),
            cell: (line) => money(line.line_total),
            isNumber: true,
          },
        ]}
      />
    </Panel>
  );
}

function Payments({ order }: { order: OrderDetails }): ReactNode {
  const { say, money, time } = useWords();
  return (
    <Panel title={say("payments")}>
      {order.payments.length === 0 ? (
        <p className="panel-text soft">{say("payments_none")}</p>
      ) : (
        <DataTable
          label={say("payments")}
          rows={order.payments}
          rowKey={(payment) => `${payment.kind} ${payment.reference} ${payment.recorded_at}`}
          columns={[
            {
              key: "kind",
              head: say("payment_kind"),
              cell: ({ kind }) => say(`payment_${kind}`),
              isName: true,
            },
            { key: "at", head: say("recorded_at"), cell: (payment) => time(payment.recorded_at) },
            { key: "provider", head: say("provider"), cell: (payment) => payment.provider },
            {
              key: "reference",
              head: say("reference"),
              cell: ({ reference }) => <code>{reference}</code>,
            },
            {
              key: "amount",
              head: say("amount"),
              cell: (payment) => money(payment.amount),
              isNumber: true,
            },
          ]}
        />
      )}
    </Panel>
  );
}

function Totals({ order }: { order: OrderDetails }): ReactNode {
  const { say, money } = useWords();
  const { discount, refunded, refund_due } = order;
  const rows = [
    [say("subtotal"), order.subtotal],
    [say("discount"), { ...discount, amount: 0 - Math.abs(discount.amount) }],
    [`${say("shipping")} (${order.shipping_method})`, order.shipping],
    [say(order.tax_included ? "tax_included" : "tax"), order.tax],
    [say("total"), order.total],
    ...(refunded.amount === 0 ? [] : [[say("refunded"), refunded] as const]),
    ...(refund_due.amount === 0 ? [] : [[say("refund_due"), refund_due] as const]),
  ] as const;
  return (
    <Panel title={say("total")}>
      <dl className="totals">
        {rows.map(([name, value]) => (
          <div key={name} className={value === order.total ? "totals-sum" : undefined}>
            <dt>{name}</dt>
            <dd>{money(value)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Status({ order }: { order: OrderDetails }): ReactNode {
  const { say, time } = useWords();
  return (
    <Panel title={say("status")}>
      <Facts
        items={[
          [say("status"), <Chip key="status" word={order.status} />],
          [say("payment"), <Chip key="payment" word={order.payment_status} />],
          [say("fulfilment"), <Chip key="fulfilment" word={order.fulfilment_status} />],
          [say("placed_at"), time(order.placed_at)],
          [say("accepted_at"), time(order.accepted_at)],
          [say("first_answer"), say(`first_${order.first_answer}`)],
          ...(order.cancel_reason === undefined
            ? []
            : [[say("cancel_reason"), <code key="reason">{order.cancel_reason}</code>] as const]),
        ]}
      />
    </Panel>
  );
}

export function OrderPage({ id }: { id: string }): ReactNode {
  const { say } = useWords();
  const path = { order_id: id };
  const loading = useLoad(
    () => call(() => api.GET("/orders/{order_id}", { params: { path } })),
    id,
  );
  const order = loading.load.data;
  const name = order?.order_number?.toString() ?? id;
  return (
    <Page
      title={say("order_named", { name })}
      lead={id}
      actions={order !== null && <OrderActs order={order} onDone={loading.reload} />}
    >
      <Link to="/orders" className="back">
        <Icon name="back" size={16} />
        {say("nav_orders")}
      </Link>
      <Loaded loading={loading}>
        {(details) => (
          <div className="columns">
            <div className="column">
              <Status order={details} />
              <Lines order={details} />
              <Payments order={details} />
            </div>
            <div className="column">
              <Totals order={details} />
              <CustomerPanel order={details} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
