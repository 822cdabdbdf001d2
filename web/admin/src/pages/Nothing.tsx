import type { ReactNode } from "react";
import { Link } from "../app/router";
import { Page } from "../components/Page";
import { useWords } from "../i18n/words";

export function NotFound(): ReactNode {
  const { say } = useWords();
  return (
    <Page title={say("not_found_title")}>
      <p>
        {say("not_found_text")} <Link to="/">{say("to_start")}</Link>
      </p>
    </Page>
  );
}

export function NotAllowed(): ReactNode {
  const { say } = useWords();
  return (
    <Page title={say("not_allowed_title")}>
      <p>{say("not_allowed_text")}</p>
    </Page>
  );
}
