import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { Session } from "../../api/types";
import { useLoad } from "../../app/use_load";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { DataTable } from "../../components/DataTable";
import { Loaded } from "../../components/Loaded";
import { notify } from "../../components/Notices";
import { Panel } from "../../components/Page";
import { useWords } from "../../i18n/words";
import { agentName } from "./device";

type Asked = { kind: "one"; session: Session } | { kind: "others" };

export function Sessions(): ReactNode {
  const { say, ago, time } = useWords();
  const loading = useLoad(() => call(() => api.GET("/me/sessions")));
  const [asked, setAsked] = useState<Asked | null>(null);

  async function end(what: Asked): Promise<void> {
    if (what.kind === "others") {
      await call(() => api.DELETE("/me/sessions"));
    } else {
      const path = { session_id: what.session.id };
      await call(() => api.DELETE("/me/sessions/{session_id}", { params: { path } }));
    }
    notify(say("sessions_ended"));
    loading.reload();
  }

  return (
    <Panel
      title={say("sessions")}
      lead={say("sessions_lead")}
      actions={
        <Button isSmall onPress={() => setAsked({ kind: "others" })}>
          {say("sessions_end_others")}
        </Button>
      }
    >
      <Loaded loading={loading}>
        {({ items }) => (
          <DataTable
            label={say("sessions")}
            rows={items}
            rowKey={(session) => session.id}
            columns={[
              {
                key: "agent",
                head: say("session_agent"),
                isName: true,
                cell: (session) => (
                  <>
                    {agentName(session.user_agent)}
                    <span className="second-line agent">{session.user_agent}</span>
                  </>
                ),
              },
              { key: "source", head: say("source"), cell: ({ source }) => <code>{source}</code> },
              {
                key: "method",
                head: say("session_method"),
                cell: ({ method }) => say(`method_${method}`),
              },
              {
                key: "seen",
                head: say("session_seen"),
                cell: (session) => ago(session.last_seen_at),
              },
              {
                key: "ends",
                head: say("session_ends"),
                cell: (session) => time(session.expires_at),
              },
              {
                key: "acts",
                head: say("acts"),
                isAct: true,
                cell: (session) =>
                  session.is_current ? (
                    <span className="chip chip-good">{say("session_this")}</span>
                  ) : (
                    <Button isSmall onPress={() => setAsked({ kind: "one", session })}>
                      {say("session_end")}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {asked !== null && (
        <ActDialog
          title={say(asked.kind === "others" ? "sessions_end_others" : "session_end")}
          text={say(asked.kind === "others" ? "sessions_end_others_text" : "session_end_text")}
          confirm={say("session_end")}
          wantsReason={false}
          onAct={() => end(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </Panel>
  );
}
