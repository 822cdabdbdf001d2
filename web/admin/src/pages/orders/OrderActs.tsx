import { type ReactNode, useState } from "react";
import { isAsked } from "../../api/asked";
import { api, call } from "../../api/client";
import type { OrderDetails } from "../../api/types";
import { useMay } from "../../app/session";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { notify } from "../../components/Notices";
import { useWords } from "../../i18n/words";
import { RefundDialog } from "./RefundDialog";
import { refundableOf } from "./refund";

/** What may be done with an order, where its state allows it at all. */
export function OrderActs({
  order,
  onDone,
}: {
  order: OrderDetails;
  onDone: () => void;
}): ReactNode {
  const { say } = useWords();
  const may = useMay();
  const [asked, setAsked] = useState<"cancel" | "fulfil" | "refund" | null>(null);
  const path = { order_id: order.id };
  const canCancel = may("orders.cancel") && ["open", "confirmed"].includes(order.status);
  const canFulfil =
    may("orders.fulfil") && order.status === "confirmed" && order.fulfilment_status !== "fulfilled";

  const canRefund = may("orders.refund") && refundableOf(order).amount > 0;

  return (
    <>
      {canCancel && (
        <Button look="danger" onPress={() => setAsked("cancel")}>
          {say("order_cancel")}
        </Button>
      )}
      {canRefund && <Button onPress={() => setAsked("refund")}>{say("refund")}</Button>}
      {canFulfil && (
        <Button look="main" onPress={() => setAsked("fulfil")}>
          {say("order_fulfil")}
        </Button>
      )}
      {asked === "refund" && (
        <RefundDialog order={order} onDone={onDone} onClose={() => setAsked(null)} />
      )}
      {asked === "cancel" && (
        <ActDialog
          title={say("order_cancel")}
          text={say("order_cancel_text")}
          confirm={say("order_cancel")}
          isDangerous
          onAct={async (reason) => {
            const answer = await call(() =>
              api.POST("/orders/{order_id}/cancel", { params: { path }, body: { reason } }),
            );
            notify(say(isAsked(answer) ? "approval_asked" : "order_cancelled"));
            onDone();
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === "fulfil" && (
        <ActDialog
          title={say("order_fulfil")}
          text={say("order_fulfil_text")}
          confirm={say("order_fulfil")}
          wantsReason={false}
          onAct={async () => {
            await call(() => api.POST("/orders/{order_id}/fulfil", { params: { path } }));
            notify(say("order_fulfilled"));
            onDone();
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
