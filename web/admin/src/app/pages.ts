import type { Permission } from "../api/types";
import type { MessageKey } from "../i18n/words";
import type { IconName } from "../components/Icon";

export type PageName = "overview";

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
  const page = PAGES.find((page) => page.path === path);
  return page === undefined ? null : { page, id: "" };
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
