import type { ReactNode } from "react";
import type { Permission, RoleList } from "../../api/types";
import { Check } from "../../components/Field";
import { useWords } from "../../i18n/words";
import { permissionKey } from "./permission_text";

interface PermissionChecksProps {
  permissions: RoleList["permissions"];
  chosen: readonly Permission[];
  onChange: (chosen: Permission[]) => void;
}

export function PermissionChecks({
  permissions,
  chosen,
  onChange,
}: PermissionChecksProps): ReactNode {
  const { say } = useWords();
  return (
    <fieldset className="permission-checks">
      <legend>{say("permissions")}</legend>
      {permissions.map(({ name, asks_again }) => (
        <Check
          key={name}
          isSelected={chosen.includes(name)}
          onChange={(isChosen) =>
            onChange(isChosen ? [...chosen, name] : chosen.filter((other) => other !== name))
          }
        >
          {say(permissionKey(name))}
          <span className="second-line">
            <code>{name}</code>
            {asks_again && ` · ${say("asks_again")}`}
          </span>
        </Check>
      ))}
    </fieldset>
  );
}
