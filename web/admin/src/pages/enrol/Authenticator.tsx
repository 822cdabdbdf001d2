import type { ReactNode } from "react";
import { CopyButton } from "../../components/CopyText";
import { QrCode } from "../../components/QrCode";
import { useWords } from "../../i18n/words";

/** The secret of a one-time code, for an app that has a camera and for one that has none. */
export function Authenticator({ secret, uri }: { secret: string; uri: string }): ReactNode {
  const { say } = useWords();
  const groups = secret.match(/.{1,4}/g)?.join(" ") ?? secret;
  return (
    <section className="authenticator" aria-label={say("authenticator")}>
      <QrCode text={uri} label={say("authenticator_qr")} />
      <div className="authenticator-text">
        <h2>{say("authenticator")}</h2>
        <p>{say("authenticator_text")}</p>
        <p className="mono secret">{groups}</p>
        <CopyButton text={secret} label={say("copy_secret")} />
      </div>
    </section>
  );
}
