import { type ReactNode, useState } from "react";
import { isAsked } from "../../api/asked";
import { api, call } from "../../api/client";
import type { OrderDetails } from "../../api/types";
import { ActDialog } from "../../components/ActDialog";
import { Field } from "../../components/Field";
import { notify } from "../../components/Notices";
import { useWords } from "../../i18n/words";
import { parseAmount, refundableOf, refundKeyOf } from "./refund";

interface RefundDialogProps {
  order: OrderDetails;
  onDone: () => void;
  onClose: () => void;
}

export function RefundDialog({ order, onDone, onClose }: RefundDialogProps): ReactNode {
  const { say, money, language } = useWords();
  const most = refundableOf(order);
  const [entered, setEntered] = useState("");
  const amount = entered.trim() === "" ? undefined : parseAmount(entered, most.currency, language);
  const isGood = amount === undefined || (amount !== null && amount > 0 && amount <= most.amount);

  async function refund(reason: string): Promise<void> {
    const body = typeof amount === "number" ? { amount, reason } : { reason };
    const params = {
      path: { order_id: order.id },
      header: { "Idempotency-Key": refundKeyOf(order, body.amount) },
    };
    const answer = await call(() => api.POST("/orders/{order_id}/refunds", { params, body }));
    notify(say(isAsked(answer) ? "approval_asked" : "refund_done"));
    onDone();
  }

  return (
    <ActDialog
      title={say("refund")}
      text={say("refund_text", { most: money(most) })}
      confirm={say("refund")}
      missing={isGood ? "" : say("refund_amount_missing", { most: money(most) })}
      onAct={refund}
      onClose={onClose}
    >
      <Field
        label={say("refund_amount", { currency: most.currency })}
        hint={say("refund_amount_hint")}
        value={entered}
        onChange={setEntered}
        autoFocus
        isMono
      />
    </ActDialog>
  );
}
