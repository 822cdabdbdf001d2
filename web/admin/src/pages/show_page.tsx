import type { ReactNode } from "react";
import type { PageName } from "../app/pages";
import { Overview } from "./Overview";

/** The page of a name. */
export function showPage(name: PageName, _id: string): ReactNode {
  switch (name) {
    case "overview":
      return <Overview />;
  }
}
