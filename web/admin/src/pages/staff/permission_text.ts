import type { Permission } from "../../api/types";
import type { MessageKey } from "../../i18n/words";

type Underscored<T extends string> = T extends `${infer Area}.${infer Act}`
  ? `perm_${Area}_${Act}`
  : never;

/** What a permission is called: a permission without words does not compile. */
export function permissionKey(permission: Permission): MessageKey {
  return `perm_${permission.replace(".", "_")}` as Underscored<Permission> satisfies MessageKey;
}
