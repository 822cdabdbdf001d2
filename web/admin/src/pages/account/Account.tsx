import type { ReactNode } from "react";
import { useMe } from "../../app/session";
import { Facts, Page, Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { ChangePassword } from "./ChangePassword";
import { Passkeys } from "./Passkeys";
import { Recovery } from "./Recovery";
import { Sessions } from "./Sessions";

export function Account(): ReactNode {
  const { say, number } = useWords();
  const me = useMe();
  return (
    <Page title={say("nav_account")}>
      <Panel title={me.name}>
        <Facts
          items={[
            [say("email"), me.email],
            [say("role"), <code key="role">{me.role}</code>],
            [say("permissions"), number(me.permissions.length)],
          ]}
        />
      </Panel>
      <Passkeys />
      <Recovery />
      <ChangePassword />
      <Sessions />
    </Page>
  );
}
