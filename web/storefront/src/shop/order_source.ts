import { getOrder } from "../api/client";
import type { Order } from "../api/types";
import type { AccountOrder } from "../seal/account";
import { type OrderDetails, answerChallenge, cancelOrder, readOrder } from "../seal/calls";
import type { Shopper } from "./account";
import { namesOfProducts, namesOfVariants } from "./product_names";
import type { OrderRecord } from "./records";

/** An order to look at, by what this browser has of it: the order's own key, or an account's session. */
export interface OrderSource {
  id: string;
  isOfAccount: boolean;
  read(): Promise<Order>;
  details(): Promise<OrderDetails>;
  /** Names by variant, for lines that the details do not name. */
  names(details: OrderDetails, locale: string): Promise<Map<string, string>>;
  cancel(): Promise<void>;
  /** Answers the bank's question; null where only the browser that ordered can. */
  answer: ((code: string) => Promise<void>) | null;
}

export function ofRecord(record: OrderRecord): OrderSource {
  return {
    id: record.id,
    isOfAccount: false,
    read: () => getOrder(record.id, record.access_token),
    details: () => readOrder(record),
    names: (_, locale) =>
      namesOfProducts(
        record.lines.map(({ product }) => product),
        locale,
      ),
    cancel: () => cancelOrder(record),
    answer: async (code) => {
      await answerChallenge(record, code);
    },
  };
}

/** The session opens it once; where it stands is then asked with the token of that answer. */
export function ofAccount(id: string, shopper: Shopper): OrderSource {
  let known: AccountOrder | null = null;
  const open = async () => (known ??= await shopper.call("account.order", { order_id: id }));
  return {
    id,
    isOfAccount: true,
    read: async () => (known === null ? (await open()).order : getOrder(id, known.access_token)),
    details: open,
    names: (details, locale) =>
      namesOfVariants((details.lines ?? []).map(({ variant_id }) => variant_id), locale),
    cancel: async () => {
      await shopper.call("account.cancel_order", { order_id: id });
    },
    answer: null,
  };
}
