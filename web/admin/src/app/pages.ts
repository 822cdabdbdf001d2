import type { Permission } from "../api/types";
import type { MessageKey } from "../i18n/words";
import type { IconName } from "../components/Icon";

export type PageName =
  | "overview"
  | "orders"
  | "declined"
  | "customers"
  | "stock"
  | "leases"
  | "audit"
  | "keys"
  | "approvals"
  | "staff"
  | "roles"
  | "tokens";

export interface Page {
  name: PageName;
  path: string;
  permission: Permission;
  label: MessageKey;
  icon: IconName;
}

/** Every page of the shop and what it wants. A page that is not here cannot be shown. */
export const PAGES: readonly Page[] = [
  { name: "overview", path: "/", permission: "shop.read", label: "nav_overview", icon: "harbour" },
  { name: "orders", path: "/orders", permission: "orders.read", label: "nav_orders", icon: "box" },
  {
    name: "declined",
    path: "/declined-orders",
    permission: "orders.read",
    label: "nav_declined",
    icon: "declined",
  },
  {
    name: "customers",
    path: "/customers",
    permission: "customers.reveal",
    label: "nav_customers",
    icon: "account",
  },
  { name: "stock", path: "/stock", permission: "stock.read", label: "nav_stock", icon: "stack" },
  {
    name: "leases",
    path: "/leases",
    permission: "leases.read",
    label: "nav_leases",
    icon: "lease",
  },
  { name: "audit", path: "/audit", permission: "audit.read", label: "nav_audit", icon: "book" },
  { name: "keys", path: "/keys", permission: "keys.read", label: "nav_keys", icon: "key" },
  {
    name: "approvals",
    path: "/approvals",
    permission: "approvals.read",
    label: "nav_approvals",
    icon: "check",
  },
  { name: "staff", path: "/staff", permission: "staff.read", label: "nav_staff", icon: "people" },
  { name: "roles", path: "/roles", permission: "staff.read", label: "nav_roles", icon: "shield" },
  { name: "tokens", path: "/tokens", permission: "staff.read", label: "nav_tokens", icon: "token" },
];

export function menuOf(permissions: readonly Permission[]): readonly Page[] {
  return PAGES.filter((page) => permissions.includes(page.permission));
}

/** Where somebody starts: the first page that they may see. */
export function homeOf(permissions: readonly Permission[]): string {
  return menuOf(permissions)[0]?.path ?? "/account";
}

export type Place =
  | { kind: "page"; page: Page; id: string }
  | { kind: "account" }
  | { kind: "not_allowed" }
  | { kind: "not_found" };

function pageAt(path: string): { page: Page; id: string } | null {
  const exact = PAGES.find((page) => page.path === path);
  if (exact !== undefined) return { page: exact, id: "" };
  const order = /^\/orders\/([A-Za-z0-9_-]+)$/.exec(path);
  const orders = PAGES.find((page) => page.name === "orders");
  return order?.[1] !== undefined && orders !== undefined ? { page: orders, id: order[1] } : null;
}

/** What a path shows to somebody with these permissions: nothing that is not allowed here. */
export function placeOf(path: string, permissions: readonly Permission[]): Place {
  if (path === "/account") return { kind: "account" };
  const found = pageAt(path);
  if (found === null) return { kind: "not_found" };
  return permissions.includes(found.page.permission)
    ? { kind: "page", ...found }
    : { kind: "not_allowed" };
}
