import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { FoundCustomer, FoundCustomers } from "../../api/types";
import { Link } from "../../app/router";
import { useMay } from "../../app/session";
import { Button } from "../../components/Button";
import { Chip } from "../../components/Chips";
import { type Column, DataTable } from "../../components/DataTable";
import { MoreButton } from "../../components/MoreButton";
import { Page } from "../../components/Page";
import { useWords, type Words } from "../../i18n/words";
import { FindDialog, type Sought } from "./FindDialog";

interface Found extends FoundCustomers {
  sought: Sought;
}

function Orders({ customer }: { customer: FoundCustomer }): ReactNode {
  const { time } = useWords();
  const may = useMay();
  if (customer.orders.length === 0) return "–";
  return customer.orders.map((order) => (
    <div key={order.order_id}>
      {may("orders.read") ? (
        <Link to={order.declined ? "/declined-orders" : `/orders/${order.order_id}`}>
          {time(order.placed_at)}
        </Link>
      ) : (
        time(order.placed_at)
      )}{" "}
      <Chip word={order.status} />
    </div>
  ));
}

function columnsOf({ say }: Words): Column<FoundCustomer>[] {
  return [
    {
      key: "name",
      head: say("name"),
      isName: true,
      cell: (row) => (
        <>
          {row.name}
          <span className="second-line">{say(row.account ? "has_account" : "guest")}</span>
        </>
      ),
    },
    { key: "email", head: say("email"), cell: (row) => row.email },
    { key: "phone", head: say("phone"), cell: (row) => (row.phone === "" ? "–" : row.phone) },
    { key: "orders", head: say("nav_orders"), cell: (row) => <Orders customer={row} /> },
  ];
}

function page(sought: Sought, cursor: string): Promise<FoundCustomers> {
  return call(() =>
    api.POST("/customers/find", {
      body: {
        [sought.kind]: sought.text,
        reason: sought.reason,
        ...(cursor === "" ? {} : { cursor }),
      },
    }),
  );
}

/** Looks somebody up by exactly their address or number. What is shown goes with the page. */
export function Customers(): ReactNode {
  const words = useWords();
  const { say } = words;
  const [isAsking, setIsAsking] = useState(false);
  const [found, setFound] = useState<Found | null>(null);

  async function more(): Promise<void> {
    if (found === null) return;
    const next = await page(found.sought, found.next_cursor ?? "");
    setFound({ ...next, items: [...found.items, ...next.items], sought: found.sought });
  }

  return (
    <Page
      title={say("nav_customers")}
      lead={say("customers_lead")}
      actions={
        <>
          {found !== null && (
            <Button icon="eye_off" onPress={() => setFound(null)}>
              {say("hide")}
            </Button>
          )}
          <Button look="main" onPress={() => setIsAsking(true)}>
            {say("find")}
          </Button>
        </>
      }
    >
      {found !== null && (
        <>
          <p role="status">
            {found.items.length === 0
              ? say("customers_none")
              : say("customers_found", { count: found.items.length })}
          </p>
          {found.items.length > 0 && (
            <DataTable
              label={say("nav_customers")}
              columns={columnsOf(words)}
              rows={found.items}
              rowKey={(row) => row.customer_id}
            />
          )}
          <MoreButton hasMore={(found.next_cursor ?? "") !== ""} more={more} />
        </>
      )}
      {isAsking && (
        <FindDialog
          onFind={async (sought) => setFound({ ...(await page(sought, "")), sought })}
          onClose={() => setIsAsking(false)}
        />
      )}
    </Page>
  );
}
