import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { callAnonymously } from "../api/call";
import { api, call, signedOutHook } from "../api/client";
import { Refusal } from "../api/refusal";
import type { Me, Permission } from "../api/types";

export type SessionState =
  | { kind: "loading" }
  | { kind: "out" }
  | { kind: "in"; me: Me }
  | { kind: "failed"; error: unknown };

interface SessionValue {
  state: SessionState;
  /** Asks anew who is signed in. */
  refresh: () => Promise<void>;
  signOut: () => Promise<void>;
}

const SessionContext = createContext<SessionValue | null>(null);

export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const [state, setState] = useState<SessionState>({ kind: "loading" });

  const refresh = useCallback(async () => {
    try {
      setState({ kind: "in", me: await callAnonymously(() => api.GET("/me")) });
    } catch (error) {
      const isOut = error instanceof Refusal && error.code === "unauthenticated";
      setState(isOut ? { kind: "out" } : { kind: "failed", error });
    }
  }, []);

  const signOut = useCallback(async () => {
    await call(() => api.DELETE("/me/session"));
    setState({ kind: "out" });
  }, []);

  useEffect(() => {
    // A 401 may also mean a wrong code or password; only /me tells whether the session is over.
    signedOutHook.current = () => {
      callAnonymously(() => api.GET("/me")).catch((error: unknown) => {
        if (error instanceof Refusal && error.code === "unauthenticated") setState({ kind: "out" });
      });
    };
    // Whoever comes with an invitation has no session yet; Enrol asks when there is one.
    if (location.pathname !== "/enrol") void refresh();
  }, [refresh]);

  const value = useMemo(() => ({ state, refresh, signOut }), [state, refresh, signOut]);
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}

export function useSession(): SessionValue {
  const value = useContext(SessionContext);
  if (value === null) throw new Error("no SessionProvider above");
  return value;
}

/** Who is signed in; only for what is shown to somebody who is. */
export function useMe(): Me {
  const { state } = useSession();
  if (state.kind !== "in") throw new Error("nobody is signed in");
  return state.me;
}

export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}
