import { type ReactNode, useEffect, useState } from "react";
import { callAnonymously } from "../api/call";
import { api, signedOutHook, stepUpHook } from "../api/client";
import { Refusal } from "../api/refusal";
import { assertWith, hasPasskeys } from "../api/webauthn";
import { useLoad } from "../app/use_load";
import { useWords } from "../i18n/words";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { CodeField } from "./Field";
import { Form, FormError, useSending } from "./Form";

const WRONG = { forbidden: "step_up_wrong", invalid_request: "step_up_wrong" } as const;

async function countPasskeys(): Promise<number> {
  if (!hasPasskeys()) return 0;
  const { items } = await callAnonymously(() => api.GET("/me/passkeys"));
  return items.length;
}

async function stepUpWithPasskey(): Promise<void> {
  const options = await callAnonymously(() => api.POST("/me/step-up/passkey-options"));
  const assertion = await assertWith(options);
  await callAnonymously(() => api.POST("/me/step-up/passkey", { body: assertion }));
}

async function stepUpWithCode(code: string): Promise<void> {
  try {
    await callAnonymously(() => api.POST("/me/step-up", { body: { code } }));
  } catch (error) {
    // Too many wrong codes end the session.
    if (error instanceof Refusal && error.code === "unauthenticated") signedOutHook.current();
    throw error;
  }
}

function StepUpDialog({ onAnswer }: { onAnswer: (isDone: boolean) => void }): ReactNode {
  const { say } = useWords();
  const [code, setCode] = useState("");
  const { load } = useLoad(countPasskeys);
  const { isBusy, error, setError, send } = useSending(WRONG);
  const offersPasskey = load.state === "ready" && load.data > 0;

  async function answer(act: () => Promise<void>): Promise<void> {
    if (await send(act)) onAnswer(true);
  }

  return (
    <Dialog title={say("step_up_title")} onClose={() => onAnswer(false)}>
      <Form
        onSubmit={() => {
          if (code.trim() === "") setError(say("code_missing"));
          else void answer(() => stepUpWithCode(code.trim()));
        }}
      >
        <p className="dialog-text">{say("step_up_text")}</p>
        {offersPasskey && (
          <>
            <Button
              look="main"
              icon="key"
              isBusy={isBusy}
              onPress={() => void answer(stepUpWithPasskey)}
            >
              {say("use_passkey")}
            </Button>
            <p className="or">{say("or")}</p>
          </>
        )}
        <CodeField
          label={say("code")}
          hint={say("code_hint")}
          value={code}
          onChange={setCode}
          autoFocus
        />
        <FormError>{error}</FormError>
        <div className="actions">
          <Button onPress={() => onAnswer(false)}>{say("not_now")}</Button>
          <Button type="submit" look={offersPasskey ? "quiet" : "main"} isBusy={isBusy}>
            {say("confirm")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** Shows the question for a second factor whenever a call is refused for want of one. */
export function StepUp(): ReactNode {
  const [waiting, setWaiting] = useState<((isDone: boolean) => void) | null>(null);
  useEffect(() => {
    stepUpHook.current = () => new Promise((resolve) => setWaiting(() => resolve));
    return () => {
      stepUpHook.current = async () => false;
    };
  }, []);
  // Gone with the session: whoever waits must not wait for ever.
  useEffect(() => () => waiting?.(false), [waiting]);
  if (waiting === null) return null;
  return (
    <StepUpDialog
      onAnswer={(isDone) => {
        waiting(isDone);
        setWaiting(null);
      }}
    />
  );
}
