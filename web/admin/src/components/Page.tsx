import { type ReactNode, useEffect } from "react";
import { useSettings } from "../app/settings";

interface PageProps {
  title: string;
  lead?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of the console: its title is the window's, too. */
export function Page({ title, lead, actions, children }: PageProps): ReactNode {
  const { language } = useSettings();
  useEffect(() => {
    document.title = `${title} · Dermaga`;
  }, [title, language]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface PanelProps {
  title: string;
  lead?: string;
  actions?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, lead, actions, children }: PanelProps): ReactNode {
  return (
    <section className="panel" aria-label={title}>
      <header className="panel-head">
        <div>
          <h2>{title}</h2>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** Names and values. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className="facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
