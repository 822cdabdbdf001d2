import type { ReactNode } from "react";
import type { PageName } from "../app/pages";
import { Approvals } from "./Approvals";
import { Audit } from "./audit/Audit";
import { Customers } from "./customers/Customers";
import { Keys } from "./Keys";
import { DeclinedOrders } from "./orders/DeclinedOrders";
import { OrderPage } from "./orders/OrderPage";
import { Orders } from "./orders/Orders";
import { Overview } from "./Overview";
import { Roles } from "./staff/Roles";
import { Staff } from "./staff/Staff";
import { Tokens } from "./staff/Tokens";
import { Leases } from "./stock/Leases";
import { Stock } from "./stock/Stock";

/** The page of a name; `id` is the order's, where the path has one. */
export function showPage(name: PageName, id: string): ReactNode {
  switch (name) {
    case "overview":
      return <Overview />;
    case "orders":
      return id === "" ? <Orders /> : <OrderPage key={id} id={id} />;
    case "declined":
      return <DeclinedOrders />;
    case "customers":
      return <Customers />;
    case "stock":
      return <Stock />;
    case "leases":
      return <Leases />;
    case "audit":
      return <Audit />;
    case "keys":
      return <Keys />;
    case "approvals":
      return <Approvals />;
    case "staff":
      return <Staff />;
    case "roles":
      return <Roles />;
    case "tokens":
      return <Tokens />;
  }
}
