import { type ReactNode, useState } from "react";
import { callAnonymously } from "../../api/call";
import { api } from "../../api/client";
import type { EnrolmentForm, OpenedEnrolment } from "../../api/types";
import { Button } from "../../components/Button";
import { CodeField, Field, PasswordField } from "../../components/Field";
import { Form, FormError, useSending } from "../../components/Form";
import { useWords, type Words } from "../../i18n/words";
import { Authenticator } from "./Authenticator";
import { passwordHintOf } from "./password";

interface EnrolFormProps {
  token: string;
  invited: OpenedEnrolment;
  onEnrolled: (codes: readonly string[]) => void;
}

const REFUSED = { invalid_request: "enrol_refused", not_found: "enrol_gone" } as const;

/** The first thing that is missing, in words; "" where all is there. */
function missingIn(form: EnrolmentForm, invited: OpenedEnrolment, { say }: Words): string {
  if (invited.email === undefined && !/^\S+@\S+$/.test(form.email ?? ""))
    return say("email_missing");
  if (invited.name === undefined && (form.name ?? "") === "") return say("name_missing");
  if (passwordHintOf(form.password) !== null) return say("problem_password_too_short");
  return /^\d{6}$/.test(form.code) ? "" : say("six_digits_missing");
}

function Invited({ invited }: { invited: OpenedEnrolment }): ReactNode {
  const { say } = useWords();
  return (
    <p className="callout callout-good">
      {invited.email === undefined
        ? say("enrol_first", { role: invited.role })
        : say("enrol_invited", {
            name: invited.name ?? invited.email,
            email: invited.email,
            role: invited.role,
          })}
    </p>
  );
}

export function EnrolForm({ token, invited, onEnrolled }: EnrolFormProps): ReactNode {
  const words = useWords();
  const { say } = words;
  const { isBusy, error, setError, send } = useSending(REFUSED);
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");

  function submit(): void {
    const form: EnrolmentForm = {
      token,
      password,
      code: code.replace(/\s/g, ""),
      ...(invited.email === undefined ? { email: email.trim() } : {}),
      ...(invited.name === undefined ? { name: name.trim() } : {}),
    };
    const missing = missingIn(form, invited, words);
    if (missing !== "") {
      setError(missing);
      return;
    }
    void send(async () => {
      const { recovery_codes } = await callAnonymously(() =>
        api.POST("/enrolments", { body: form }),
      );
      onEnrolled(recovery_codes);
    });
  }

  return (
    <Form label={say("enrol_title")} onSubmit={submit}>
      <Invited invited={invited} />
      {invited.email === undefined ? (
        <Field
          label={say("email")}
          type="email"
          autoComplete="username"
          value={email}
          onChange={setEmail}
          isRequired
        />
      ) : (
        // For password managers, which keep a password under a name.
        <input
          className="visually-hidden"
          autoComplete="username"
          value={invited.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
      )}
      {invited.name === undefined && (
        <Field label={say("name")} autoComplete="name" value={name} onChange={setName} isRequired />
      )}
      <PasswordField
        label={say("password")}
        hint={say("password_hint")}
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        isRequired
      />
      <Authenticator secret={invited.totp_secret} uri={invited.totp_uri} />
      <CodeField
        label={say("six_digits")}
        value={code}
        onChange={setCode}
        isRequired
        maxLength={7}
      />
      <FormError>{error}</FormError>
      <Button type="submit" look="main" isBusy={isBusy}>
        {say("enrol_submit")}
      </Button>
    </Form>
  );
}
