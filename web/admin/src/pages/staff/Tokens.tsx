import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { MadeToken, Token } from "../../api/types";
import { useMay } from "../../app/session";
import { useLoad } from "../../app/use_load";
import { ActDialog } from "../../components/ActDialog";
import { Button } from "../../components/Button";
import { CopyText } from "../../components/CopyText";
import { type Column, DataTable } from "../../components/DataTable";
import { Dialog } from "../../components/Dialog";
import { Loaded } from "../../components/Loaded";
import { notify } from "../../components/Notices";
import { Page } from "../../components/Page";
import { useWords, type Words } from "../../i18n/words";
import { TokenDialog } from "./TokenDialog";

function columnsOf({ say, time, ago }: Words): Column<Token>[] {
  return [
    { key: "label", head: say("token_label"), cell: (token) => token.label, isName: true },
    {
      key: "permissions",
      head: say("permissions"),
      cell: (token) => <code className="wrap">{token.permissions.join(", ")}</code>,
    },
    {
      key: "by",
      head: say("created_by"),
      cell: (token) => (
        <>
          {token.created_by}
          <span className="second-line">{time(token.created_at)}</span>
        </>
      ),
    },
    { key: "expires", head: say("expires_at"), cell: (token) => time(token.expires_at) },
    {
      key: "used",
      head: say("last_used_at"),
      cell: (token) => (token.last_used_at === undefined ? say("never") : ago(token.last_used_at)),
    },
  ];
}

/** The secret is told once: the dialog closes only by its button. */
function SecretDialog({ made, onClose }: { made: MadeToken; onClose: () => void }): ReactNode {
  const { say } = useWords();
  return (
    <Dialog title={made.token.label}>
      <p className="dialog-text">{say("token_secret_text")}</p>
      <CopyText label={say("token_secret")} text={made.secret} />
      <div className="actions">
        <Button look="main" onPress={onClose}>
          {say("done")}
        </Button>
      </div>
    </Dialog>
  );
}

function EndDialog({
  token,
  onDone,
  onClose,
}: {
  token: Token;
  onDone: () => void;
  onClose: () => void;
}): ReactNode {
  const { say } = useWords();
  return (
    <ActDialog
      title={say("token_end", { label: token.label })}
      text={say("token_end_text")}
      confirm={say("session_end")}
      isDangerous
      onAct={async (reason) => {
        const path = { token_id: token.id };
        await call(() =>
          api.POST("/tokens/{token_id}/end", { params: { path }, body: { reason } }),
        );
        notify(say("token_ended"));
        onDone();
      }}
      onClose={onClose}
    />
  );
}

export function Tokens(): ReactNode {
  const words = useWords();
  const { say } = words;
  const canManage = useMay()("tokens.manage");
  const loading = useLoad(() => call(() => api.GET("/tokens")));
  const [isMaking, setIsMaking] = useState(false);
  const [made, setMade] = useState<MadeToken | null>(null);
  const [ended, setEnded] = useState<Token | null>(null);
  const acts: Column<Token> = {
    key: "acts",
    head: say("acts"),
    isAct: true,
    cell: (token) => (
      <Button isSmall look="danger" onPress={() => setEnded(token)}>
        {say("session_end")}
      </Button>
    ),
  };

  return (
    <Page
      title={say("nav_tokens")}
      lead={say("tokens_lead")}
      actions={
        canManage && (
          <Button look="main" onPress={() => setIsMaking(true)}>
            {say("token_new")}
          </Button>
        )
      }
    >
      <Loaded
        loading={loading}
        isEmpty={({ items }) => items.length === 0}
        empty={say("tokens_none")}
      >
        {({ items }) => (
          <DataTable
            label={say("nav_tokens")}
            columns={canManage ? [...columnsOf(words), acts] : columnsOf(words)}
            rows={items}
            rowKey={(token) => token.id}
          />
        )}
      </Loaded>
      {isMaking && (
        <TokenDialog
          onMade={(token) => {
            setMade(token);
            loading.reload();
          }}
          onClose={() => setIsMaking(false)}
        />
      )}
      {made !== null && !isMaking && <SecretDialog made={made} onClose={() => setMade(null)} />}
      {ended !== null && (
        <EndDialog token={ended} onDone={loading.reload} onClose={() => setEnded(null)} />
      )}
    </Page>
  );
}
