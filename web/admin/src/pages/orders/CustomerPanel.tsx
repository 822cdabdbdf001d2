import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Customer, Order } from "../../api/types";
import { useMay } from "../../app/session";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { asJson, download } from "../../components/download";
import { notify } from "../../components/Notices";
import { Facts, Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { addressLines } from "./address";

function Masked(): ReactNode {
  const { say } = useWords();
  return (
    <span className="masked">
      <span aria-hidden="true">•••</span>
      <span className="visually-hidden">{say("masked")}</span>
    </span>
  );
}

/** Dots until somebody had a reason to look; gone again with the page. */
function CustomerFacts({ customer }: { customer: Customer | null }): ReactNode {
  const { say } = useWords();
  const lines = customer === null ? [] : addressLines(customer.shipping_address);
  const show = (value: string | undefined): ReactNode =>
    customer === null ? <Masked /> : value === undefined || value === "" ? "–" : value;
  return (
    <Facts
      items={[
        [say("name"), show(customer?.name)],
        [say("email"), show(customer?.email)],
        [say("phone"), show(customer?.phone)],
        [
          say("shipping_address"),
          customer === null || lines.length === 0
            ? show("")
            : lines.map((line) => (
                <span key={line} className="address-line">
                  {line}
                </span>
              )),
        ],
        [say("language"), show(customer?.language)],
      ]}
    />
  );
}

type Asked = "reveal" | "export" | "erase";

export function CustomerPanel({ order }: { order: Order }): ReactNode {
  const { say } = useWords();
  const may = useMay();
  const [customer, setCustomer] = useState<Customer | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const params = { path: { order_id: order.id } };

  async function act(what: Asked, reason: string): Promise<void> {
    const body = { reason };
    if (what === "reveal") {
      setCustomer(
        await call(() => api.POST("/orders/{order_id}/customer/reveal", { params, body })),
      );
    } else if (what === "export") {
      const file = await call(() =>
        api.POST("/orders/{order_id}/customer/export", { params, body }),
      );
      download(`${order.id}-customer.json`, asJson(file));
      notify(say("export_done"));
    } else {
      await call(() => api.POST("/orders/{order_id}/customer/erase", { params, body }));
      setCustomer(null);
      notify(say("erase_done"));
    }
  }

  return (
    <Panel title={say("customer")} lead={say("customer_lead")}>
      <CustomerFacts customer={customer} />
      <div className="panel-body">
        <div className="actions actions-start">
          {customer !== null && (
            <Button isSmall icon="eye_off" onPress={() => setCustomer(null)}>
              {say("hide")}
            </Button>
          )}
          {customer === null && may("customers.reveal") && (
            <Button isSmall icon="eye" onPress={() => setAsked("reveal")}>
              {say("reveal")}
            </Button>
          )}
          {may("customers.export") && (
            <Button isSmall icon="download" onPress={() => setAsked("export")}>
              {say("export")}
            </Button>
          )}
          {may("customers.erase") && (
            <Button isSmall look="danger" onPress={() => setAsked("erase")}>
              {say("erase")}
            </Button>
          )}
        </div>
      </div>
      {asked !== null && (
        <ActDialog
          title={say(`customer_${asked}`)}
          text={say(`customer_${asked}_text`)}
          confirm={say(asked)}
          isDangerous={asked === "erase"}
          typed={
            asked === "erase"
              ? say("erase_word", { name: `${order.order_number ?? order.id}` })
              : ""
          }
          problems={
            asked === "erase" ? { "409": "erase_under_way" } : { not_found: "customer_gone" }
          }
          onAct={(reason) => act(asked, reason)}
          onClose={() => setAsked(null)}
        />
      )}
    </Panel>
  );
}
