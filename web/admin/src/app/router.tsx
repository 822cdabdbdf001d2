import { type ReactNode, useSyncExternalStore } from "react";

// React hears of history only through this: pushState makes no event.
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

/** The value of one query parameter; "" where there is none. */
export function useQuery(name: string): string {
  return useSyncExternalStore(
    subscribe,
    () => new URLSearchParams(location.search).get(name) ?? "",
  );
}

export function go(to: string, state: unknown = null): void {
  history.pushState(state, "", to);
  window.scrollTo(0, 0);
  tell();
}

export function goInstead(to: string, state: unknown = null): void {
  history.replaceState(state, "", to);
  tell();
}

/** Keeps the page and changes one query parameter; "" removes it. */
export function setQuery(name: string, value: string): void {
  const query = new URLSearchParams(location.search);
  if (value === "") query.delete(name);
  else query.set(name, value);
  const text = query.toString();
  goInstead(location.pathname + (text === "" ? "" : `?${text}`));
}

/** Where to go after sign-in: only a path of this console, never another site. */
export function nextPathOf(state: unknown): string {
  const next =
    typeof state === "object" && state !== null && "next" in state ? state.next : undefined;
  const isOurs = typeof next === "string" && /^\/(?![/\\])/.test(next);
  return isOurs && !next.startsWith("/sign-in") && !next.startsWith("/enrol") ? next : "/";
}

interface LinkProps {
  to: string;
  className?: string;
  isCurrent?: boolean;
  label?: string;
  children: ReactNode;
}

/** A real link, so that a new tab and a copy of its address work. */
export function Link({ to, className, isCurrent = false, label, children }: LinkProps): ReactNode {
  return (
    <a
      href={to}
      className={className}
      aria-label={label}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
