import { type ReactNode, useEffect } from "react";
import { BrandMark } from "../components/Brand";
import { Preferences } from "../components/Preferences";
import { useWords } from "../i18n/words";

/** The frame of what is shown to people who are not signed in. */
export function Door({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: string;
  children: ReactNode;
}): ReactNode {
  const { say } = useWords();
  useEffect(() => {
    document.title = `${title} · Dermaga`;
  }, [title]);
  return (
    <div className="door">
      <header className="door-head">
        <span className="brand">
          <BrandMark />
          <span>Dermaga</span>
        </span>
        <Preferences />
      </header>
      <main className="door-main">
        <div className="door-card">
          <h1>{title}</h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
          {children}
        </div>
        <p className="door-foot">{say("door_foot")}</p>
      </main>
    </div>
  );
}
