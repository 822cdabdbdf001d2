import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Role, RoleList } from "../../api/types";
import { useMay } from "../../app/session";
import { useLoad } from "../../app/use_load";
import { ActDialog } from "../../components/ActDialog";
import { ActsMenu } from "../../components/ActsMenu";
import { Button } from "../../components/Button";
import { DataTable } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import { Loaded } from "../../components/Loaded";
import { notify } from "../../components/Notices";
import { Page, Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { permissionKey } from "./permission_text";
import { RoleDialog } from "./RoleDialog";

function Has({ has }: { has: boolean }): ReactNode {
  const { say } = useWords();
  if (!has) return <span className="soft">–</span>;
  return (
    <span className="has">
      <Icon name="check" size={16} />
      <span className="visually-hidden">{say("yes")}</span>
    </span>
  );
}

/** Every permission by every role. */
function Matrix({ roles }: { roles: RoleList }): ReactNode {
  const { say } = useWords();
  return (
    <DataTable
      label={say("role_matrix")}
      rows={roles.permissions}
      rowKey={(permission) => permission.name}
      columns={[
        {
          key: "permission",
          head: say("permission"),
          isName: true,
          cell: ({ name, asks_again }) => (
            <>
              {say(permissionKey(name))}
              <span className="second-line">
                <code>{name}</code>
                {asks_again && ` · ${say("asks_again")}`}
              </span>
            </>
          ),
        },
        ...roles.items.map((role) => ({
          key: role.name,
          head: role.name,
          isMark: true,
          cell: ({ name }: RoleList["permissions"][number]) => (
            <Has has={role.permissions.includes(name)} />
          ),
        })),
      ]}
    />
  );
}

type Asked = { kind: "new" } | { kind: "change" | "remove"; role: Role };

function OwnRoles({
  roles,
  onAsk,
}: {
  roles: RoleList;
  onAsk: ((asked: Asked) => void) | null;
}): ReactNode {
  const { say, number } = useWords();
  const own = roles.items.filter((role) => !role.is_built_in);
  if (own.length === 0) return <p className="panel-text soft">{say("roles_none")}</p>;
  return (
    <DataTable
      label={say("roles_own")}
      rows={own}
      rowKey={(role) => role.name}
      columns={[
        { key: "name", head: say("role"), cell: (role) => <code>{role.name}</code>, isName: true },
        {
          key: "permissions",
          head: say("permissions"),
          cell: (role) => number(role.permissions.length),
          isNumber: true,
        },
        {
          key: "acts",
          head: say("acts"),
          isAct: true,
          cell: (role) =>
            onAsk !== null && (
              <ActsMenu
                label={role.name}
                acts={[
                  {
                    id: "change",
                    text: say("role_change"),
                    onAct: () => onAsk({ kind: "change", role }),
                  },
                  {
                    id: "remove",
                    text: say("remove"),
                    isDangerous: true,
                    onAct: () => onAsk({ kind: "remove", role }),
                  },
                ]}
              />
            ),
        },
      ]}
    />
  );
}

function RemoveDialog({
  role,
  onDone,
  onClose,
}: {
  role: Role;
  onDone: () => void;
  onClose: () => void;
}): ReactNode {
  const { say } = useWords();
  return (
    <ActDialog
      title={say("role_remove", { name: role.name })}
      confirm={say("remove")}
      isDangerous
      problems={{ "409": "role_in_use" }}
      onAct={async (reason) => {
        const path = { name: role.name };
        await call(() => api.POST("/roles/{name}/remove", { params: { path }, body: { reason } }));
        notify(say("role_removed"));
        onDone();
      }}
      onClose={onClose}
    />
  );
}

export function Roles(): ReactNode {
  const { say } = useWords();
  const canManage = useMay()("roles.manage");
  const loading = useLoad(() => call(() => api.GET("/roles")));
  const [asked, setAsked] = useState<Asked | null>(null);
  const all = loading.load.data;
  const close = (): void => setAsked(null);
  return (
    <Page
      title={say("nav_roles")}
      actions={
        canManage && (
          <Button look="main" isDisabled={all === null} onPress={() => setAsked({ kind: "new" })}>
            {say("role_new")}
          </Button>
        )
      }
    >
      <Loaded loading={loading}>
        {(roles) => (
          <>
            <Panel title={say("roles_own")} lead={say("roles_own_lead")}>
              <OwnRoles roles={roles} onAsk={canManage ? setAsked : null} />
            </Panel>
            <Panel title={say("role_matrix")}>
              <Matrix roles={roles} />
            </Panel>
          </>
        )}
      </Loaded>
      {asked?.kind === "remove" && (
        <RemoveDialog role={asked.role} onDone={loading.reload} onClose={close} />
      )}
      {asked !== null && asked.kind !== "remove" && all !== null && (
        <RoleDialog
          role={asked.kind === "change" ? asked.role : null}
          permissions={all.permissions}
          onDone={loading.reload}
          onClose={close}
        />
      )}
    </Page>
  );
}
