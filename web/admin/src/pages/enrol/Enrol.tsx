import { type ReactNode, useEffect, useState } from "react";
import { callAnonymously } from "../../api/call";
import { api } from "../../api/client";
import { hasPasskeys } from "../../api/webauthn";
import { goInstead } from "../../app/router";
import { useSession } from "../../app/session";
import { useLoad } from "../../app/use_load";
import { RecoveryCodes } from "../../components/RecoveryCodes";
import { sentenceOf } from "../../i18n/problems";
import { useWords } from "../../i18n/words";
import { Door } from "../Door";
import { EnrolForm } from "./EnrolForm";
import { FirstPasskey } from "./FirstPasskey";
import { forgetToken, takeToken } from "./token";

const GONE = {
  not_found: "enrol_gone",
  unauthenticated: "enrol_gone",
  forbidden: "enrol_gone",
  invalid_request: "enrol_gone",
} as const;

type Step = { kind: "form" } | { kind: "codes"; codes: readonly string[] } | { kind: "passkey" };

/** From the link of an invitation to an account: password and authenticator, recovery codes, and a
 * passkey for whoever wants one. */
export function Enrol(): ReactNode {
  const words = useWords();
  const { say } = words;
  const { refresh } = useSession();
  const [token, setToken] = useState(takeToken);
  const [step, setStep] = useState<Step>({ kind: "form" });
  const { load } = useLoad(
    () => callAnonymously(() => api.POST("/enrolments/open", { body: { token } })),
    token,
  );

  useEffect(() => {
    // A second link opened in the same tab changes only the fragment.
    const onHash = (): void => setToken(takeToken());
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, []);

  async function finish(): Promise<void> {
    await refresh();
    goInstead("/");
  }

  if (step.kind === "codes") {
    return (
      <Door title={say("recovery_title")} lead={say("enrol_step", { step: 2, steps: 3 })}>
        <RecoveryCodes
          codes={step.codes}
          onKept={() => {
            if (hasPasskeys()) setStep({ kind: "passkey" });
            else void finish();
          }}
        />
      </Door>
    );
  }
  if (step.kind === "passkey") {
    return (
      <Door title={say("enrol_passkey_title")} lead={say("enrol_step", { step: 3, steps: 3 })}>
        <FirstPasskey onDone={() => void finish()} />
      </Door>
    );
  }
  if (token === "" || load.state === "failed") {
    return (
      <Door title={say("enrol_title")}>
        <p className="callout callout-bad" role="alert">
          {token === "" || load.state !== "failed"
            ? say("enrol_no_token")
            : sentenceOf(load.error, words, GONE)}
        </p>
      </Door>
    );
  }
  return (
    <Door title={say("enrol_title")} lead={say("enrol_step", { step: 1, steps: 3 })}>
      {load.data === null ? (
        <p role="status">{say("loading")}</p>
      ) : (
        <EnrolForm
          token={token}
          invited={load.data}
          onEnrolled={(codes) => {
            forgetToken();
            setStep({ kind: "codes", codes });
          }}
        />
      )}
    </Door>
  );
}
