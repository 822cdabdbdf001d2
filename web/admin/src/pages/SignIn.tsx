import { type ReactNode, useState } from "react";
import { callAnonymously } from "../api/call";
import { api } from "../api/client";
import { assertWith, hasPasskeys } from "../api/webauthn";
import { useSession } from "../app/session";
import { Button } from "../components/Button";
import { CodeField, Field, PasswordField } from "../components/Field";
import { Form, FormError, useSending } from "../components/Form";
import { useWords } from "../i18n/words";
import { Door } from "./Door";

// One sentence for every wrong thing: which one it was is not told.
const WRONG = { unauthenticated: "sign_in_wrong", invalid_request: "sign_in_wrong" } as const;

async function signInWithPasskey(): Promise<void> {
  const options = await callAnonymously(() => api.POST("/sessions/passkey-options"));
  const assertion = await assertWith(options);
  await callAnonymously(() => api.POST("/sessions/passkey", { body: assertion }));
}

/** Signed in, the page that was asked for is shown: App looks at where it came from. */
export function SignIn(): ReactNode {
  const { say } = useWords();
  const { refresh } = useSession();
  const { isBusy, error, setError, send } = useSending(WRONG);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");

  async function signIn(act: () => Promise<unknown>): Promise<void> {
    await send(async () => {
      await act();
      await refresh();
    });
  }

  function submit(): void {
    if (email.trim() === "" || password === "" || code.trim() === "") {
      setError(say("sign_in_missing"));
      return;
    }
    const body = { email: email.trim(), password, code: code.trim() };
    void signIn(() => callAnonymously(() => api.POST("/sessions", { body })));
  }

  return (
    <Door title={say("sign_in_title")} lead={say("sign_in_lead")}>
      {hasPasskeys() && (
        <>
          <Button
            look="main"
            icon="key"
            isBusy={isBusy}
            onPress={() => void signIn(signInWithPasskey)}
          >
            {say("sign_in_passkey")}
          </Button>
          <p className="or">{say("or")}</p>
        </>
      )}
      <Form label={say("sign_in_form")} onSubmit={submit}>
        <Field
          label={say("email")}
          type="email"
          autoComplete="username"
          value={email}
          onChange={setEmail}
          isRequired
        />
        <PasswordField
          label={say("password")}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          isRequired
        />
        <CodeField
          label={say("code")}
          hint={say("code_hint")}
          value={code}
          onChange={setCode}
          isRequired
        />
        <FormError>{error}</FormError>
        <Button type="submit" look={hasPasskeys() ? "quiet" : "main"} isBusy={isBusy}>
          {say("sign_in_password")}
        </Button>
      </Form>
    </Door>
  );
}
