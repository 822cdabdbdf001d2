import { type ReactNode, useState } from "react";
import { api, call } from "../api/client";
import type { Approval } from "../api/types";
import { Link, setQuery, useQuery } from "../app/router";
import { useMay } from "../app/session";
import { useMore } from "../app/use_more";
import { waitingChanged } from "../app/waiting";
import { ActDialog } from "../components/ActDialog";
import { type Act, ActsMenu } from "../components/ActsMenu";
import { Button } from "../components/Button";
import { Chip } from "../components/Chips";
import { type Column, DataTable } from "../components/DataTable";
import { Check } from "../components/Field";
import { Loaded } from "../components/Loaded";
import { MoreButton } from "../components/MoreButton";
import { notify } from "../components/Notices";
import { Page } from "../components/Page";
import { useWords, type Words } from "../i18n/words";

type Decision = "approve" | "refuse" | "withdraw";
const DONE = {
  approve: "approval_done",
  refuse: "approval_refused",
  withdraw: "approval_withdrawn",
} as const;

function whatOf(approval: Approval, { say }: Words): string {
  switch (approval.kind) {
    case "order.refund":
      return say("approval_order_refund");
    case "order.cancel":
      return say("approval_order_cancel");
    case "key.destroy":
      return say("approval_key_destroy", { version: `v${approval.subject}` });
  }
}

function amountOf(approval: Approval, { say, money }: Words): string {
  if (approval.kind !== "order.refund") return "";
  return approval.amount === undefined ? say("approval_all") : money(approval.amount);
}

function columnsOf(words: Words, mayRead: boolean): Column<Approval>[] {
  const { say, time } = words;
  return [
    {
      key: "what",
      head: say("approval_what"),
      isName: true,
      cell: (approval) => (
        <>
          {whatOf(approval, words)} {amountOf(approval, words)}
          {approval.kind !== "key.destroy" && (
            <span className="second-line">
              {mayRead ? (
                <Link to={`/orders/${approval.subject}`}>
                  <code>{approval.subject}</code>
                </Link>
              ) : (
                <code>{approval.subject}</code>
              )}
            </span>
          )}
        </>
      ),
    },
    {
      key: "by",
      head: say("approval_by"),
      cell: (approval) => (
        <>
          {approval.is_own ? say("approval_you") : <code>{approval.requested_by}</code>}
          <span className="second-line">{time(approval.requested_at)}</span>
          <span className="second-line wrap">
            {say("approval_why")}: {approval.reason}
          </span>
        </>
      ),
    },
    {
      key: "state",
      head: say("status"),
      cell: (approval) => (
        <>
          <Chip word={approval.state} />
          {approval.state === "waiting" ? (
            <span className="second-line">
              {say("approval_until")} {time(approval.expires_at)}
            </span>
          ) : (
            approval.decided_reason !== undefined && (
              <span className="second-line wrap">{approval.decided_reason}</span>
            )
          )}
        </>
      ),
    },
  ];
}

function actsOf(
  approval: Approval,
  { say }: Words,
  onAsk: (decision: Decision) => void,
): readonly Act[] {
  const isWaiting = approval.state === "waiting";
  // What was agreed to and not done, since core ended between, can be agreed to again.
  const mayApprove = approval.may_decide && (isWaiting || approval.state === "approved");
  const decisions: Decision[] = [
    ...(mayApprove ? (["approve"] as const) : []),
    ...(approval.may_decide && isWaiting ? (["refuse"] as const) : []),
    ...(approval.is_own && isWaiting ? (["withdraw"] as const) : []),
  ];
  return decisions.map((decision) => ({
    id: decision,
    text: say(`approval_${decision}`),
    isDangerous: decision === "refuse",
    onAct: () => onAsk(decision),
  }));
}

async function decide(approval: Approval, decision: Decision, reason: string): Promise<void> {
  const params = { path: { approval_id: approval.id } };
  const body = { reason };
  if (decision === "withdraw") {
    await call(() => api.POST("/approvals/{approval_id}/withdraw", { params }));
  } else if (decision === "refuse") {
    await call(() => api.POST("/approvals/{approval_id}/refuse", { params, body }));
  } else {
    await call(() => api.POST("/approvals/{approval_id}/approve", { params, body }));
  }
}

/** What waits for a second person, and what became of the rest. */
export function Approvals(): ReactNode {
  const words = useWords();
  const { say } = words;
  const may = useMay();
  const isAll = useQuery("all") === "yes";
  const { loading, hasMore, more } = useMore(
    (cursor) =>
      call(() =>
        api.GET("/approvals", {
          params: {
            query: {
              ...(isAll ? {} : { state: "waiting" as const }),
              ...(cursor === "" ? {} : { cursor }),
            },
          },
        }),
      ),
    String(isAll),
  );
  const [asked, setAsked] = useState<{ approval: Approval; decision: Decision } | null>(null);
  const acts: Column<Approval> = {
    key: "acts",
    head: say("acts"),
    isAct: true,
    cell: (approval) => (
      <ActsMenu
        label={`${whatOf(approval, words)} ${approval.subject}`}
        acts={actsOf(approval, words, (decision) => setAsked({ approval, decision }))}
      />
    ),
  };

  return (
    <Page
      title={say("nav_approvals")}
      lead={say("approvals_lead")}
      actions={<Button onPress={loading.reload}>{say("refresh")}</Button>}
    >
      <div className="toolbar">
        <Check isSelected={!isAll} onChange={(isOpen) => setQuery("all", isOpen ? "" : "yes")}>
          {say("approval_only_open")}
        </Check>
      </div>
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say("approvals_none")}
      >
        {({ items }) => (
          <>
            <DataTable
              label={say("nav_approvals")}
              columns={[...columnsOf(words, may("orders.read")), acts]}
              rows={items}
              rowKey={({ id }) => id}
            />
            <MoreButton hasMore={hasMore} more={more} />
          </>
        )}
      </Loaded>
      {asked !== null && (
        <ActDialog
          title={say(`approval_${asked.decision}`)}
          text={say(`approval_${asked.decision}_text`, {
            what: whatOf(asked.approval, words),
            about: amountOf(asked.approval, words) || asked.approval.subject,
            who: asked.approval.requested_by,
            why: asked.approval.reason,
          })}
          confirm={say(`approval_${asked.decision}`)}
          isDangerous={asked.decision !== "withdraw"}
          wantsReason={asked.decision !== "withdraw"}
          onAct={async (reason) => {
            try {
              await decide(asked.approval, asked.decision, reason);
              notify(say(DONE[asked.decision]));
            } finally {
              waitingChanged();
              loading.reload();
            }
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </Page>
  );
}
