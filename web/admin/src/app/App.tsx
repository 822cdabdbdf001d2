import { type ReactNode, useEffect } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { Button } from "../components/Button";
import { Notices } from "../components/Notices";
import { StepUp } from "../components/StepUp";
import { localeOf } from "../i18n/format";
import { sentenceOf } from "../i18n/problems";
import { useWords } from "../i18n/words";
import { Account } from "../pages/account/Account";
import { Door } from "../pages/Door";
import { Enrol } from "../pages/enrol/Enrol";
import { NotAllowed, NotFound } from "../pages/Nothing";
import { SignIn } from "../pages/SignIn";
import { showPage } from "../pages/show_page";
import { homeOf, placeOf } from "./pages";
import { goInstead, nextPathOf, usePath } from "./router";
import { SessionProvider, useMe, useSession } from "./session";
import { useSettings } from "./settings";
import { Shell } from "./Shell";

function Content(): ReactNode {
  const path = usePath();
  const { permissions } = useMe();
  const place = placeOf(path, permissions);
  const home = homeOf(permissions);
  const goesHome = path === "/" && home !== "/";
  useEffect(() => {
    if (goesHome) goInstead(home);
  }, [goesHome, home]);
  if (goesHome) return null;
  switch (place.kind) {
    case "account":
      return <Account />;
    case "not_allowed":
      return <NotAllowed />;
    case "not_found":
      return <NotFound />;
    case "page":
      return showPage(place.page.name, place.id);
  }
}

function Waiting(): ReactNode {
  const words = useWords();
  const { state, refresh } = useSession();
  if (state.kind !== "failed") {
    return (
      <p className="waiting" role="status" aria-busy="true">
        {words.say("loading")}
      </p>
    );
  }
  return (
    <Door title={words.say("not_reached")}>
      <p role="alert">{sentenceOf(state.error, words)}</p>
      <Button look="main" onPress={() => void refresh()}>
        {words.say("try_again")}
      </Button>
    </Door>
  );
}

/** Between the sign-in page and the pages behind it, in both directions. */
function Gate(): ReactNode {
  const path = usePath();
  const { state } = useSession();
  const isAtDoor = path === "/sign-in";
  useEffect(() => {
    if (state.kind === "out" && !isAtDoor) {
      goInstead("/sign-in", { next: location.pathname + location.search });
    }
    if (state.kind === "in" && isAtDoor) goInstead(nextPathOf(history.state));
  }, [state.kind, isAtDoor]);

  if (state.kind === "out") return <SignIn />;
  if (state.kind !== "in" || isAtDoor) return <Waiting />;
  return (
    <Shell>
      <Content />
      <StepUp />
    </Shell>
  );
}

export function App(): ReactNode {
  const path = usePath();
  const { language } = useSettings();
  return (
    <I18nProvider locale={localeOf(language)}>
      <SessionProvider>
        {path === "/enrol" ? <Enrol /> : <Gate />}
        <Notices />
      </SessionProvider>
    </I18nProvider>
  );
}
