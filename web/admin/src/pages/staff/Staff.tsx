import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Invitation, Member } from "../../api/types";
import { useMay, useMe } from "../../app/session";
import { useLoad } from "../../app/use_load";
import { type Act, ActsMenu } from "../../components/ActsMenu";
import { Button } from "../../components/Button";
import { Chip } from "../../components/Chips";
import { type Column, DataTable } from "../../components/DataTable";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { useWords, type Words } from "../../i18n/words";
import { InvitationDialog } from "./InvitationDialog";
import { InviteDialog } from "./InviteDialog";
import { MemberDialog, type MemberAct } from "./MemberDialog";

function columnsOf({ say, time, number }: Words, ownId: string): Column<Member>[] {
  return [
    {
      key: "name",
      head: say("name"),
      isName: true,
      cell: (member) => (
        <>
          {member.name} {member.id === ownId && <span className="soft">({say("you")})</span>}
          <span className="second-line">{member.email}</span>
        </>
      ),
    },
    { key: "role", head: say("role"), cell: (member) => <code>{member.role}</code> },
    { key: "status", head: say("status"), cell: (member) => <Chip word={member.status} /> },
    {
      key: "passkeys",
      head: say("passkeys"),
      cell: (member) => number(member.passkeys),
      isNumber: true,
    },
    { key: "created", head: say("created_at"), cell: (member) => time(member.created_at) },
  ];
}

export function actsOf(member: Member, { say }: Words, onAsk: (act: MemberAct) => void): Act[] {
  const act = (id: MemberAct, isDangerous = false): Act => ({
    id,
    text: say(`staff_${id}`),
    isDangerous,
    onAct: () => onAsk(id),
  });
  const acts = [act("role")];
  if (member.status === "active") acts.push(act("sign_out"));
  acts.push(act("invite_again", member.status === "active"));
  acts.push(member.status === "disabled" ? act("enable") : act("disable", true));
  return acts;
}

export function Staff(): ReactNode {
  const words = useWords();
  const { say } = words;
  const me = useMe();
  const canManage = useMay()("staff.manage");
  const loading = useLoad(() => call(() => api.GET("/staff")));
  const [isInviting, setIsInviting] = useState(false);
  const [asked, setAsked] = useState<{ member: Member; act: MemberAct } | null>(null);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const acts: Column<Member> = {
    key: "acts",
    head: say("acts"),
    isAct: true,
    cell: (member) => (
      <ActsMenu
        label={member.name}
        acts={actsOf(member, words, (act) => setAsked({ member, act }))}
      />
    ),
  };

  function onInvited(made: Invitation): void {
    setInvitation(made);
    loading.reload();
  }

  return (
    <Page
      title={say("nav_staff")}
      actions={
        canManage && (
          <Button look="main" onPress={() => setIsInviting(true)}>
            {say("staff_invite")}
          </Button>
        )
      }
    >
      <Loaded loading={loading}>
        {({ items }) => (
          <DataTable
            label={say("nav_staff")}
            columns={canManage ? [...columnsOf(words, me.id), acts] : columnsOf(words, me.id)}
            rows={items}
            rowKey={(member) => member.id}
          />
        )}
      </Loaded>
      {isInviting && <InviteDialog onInvited={onInvited} onClose={() => setIsInviting(false)} />}
      {asked !== null && (
        <MemberDialog
          {...asked}
          onDone={loading.reload}
          onInvited={onInvited}
          onClose={() => setAsked(null)}
        />
      )}
      {invitation !== null && !isInviting && asked === null && (
        <InvitationDialog invitation={invitation} onClose={() => setInvitation(null)} />
      )}
    </Page>
  );
}
