import { type ReactNode, useEffect, useRef, useState } from "react";
import { BrandMark } from "../components/Brand";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { notify } from "../components/Notices";
import { Preferences } from "../components/Preferences";
import { sentenceOf } from "../i18n/problems";
import { useWords } from "../i18n/words";
import { menuOf } from "./pages";
import { Link, usePath } from "./router";
import { useMe, useSession } from "./session";
import { useWaiting } from "./waiting";

function Menu({ path }: { path: string }): ReactNode {
  const { say, number } = useWords();
  const { permissions } = useMe();
  const waiting = useWaiting(path);
  return (
    <nav aria-label={say("menu")}>
      <ul className="menu">
        {menuOf(permissions).map((page) => (
          <li key={page.name}>
            <Link
              to={page.path}
              isCurrent={
                path === page.path || (page.path !== "/" && path.startsWith(`${page.path}/`))
              }
            >
              <Icon name={page.icon} />
              <span>{say(page.label)}</span>
              {page.name === "approvals" && waiting > 0 && (
                <span
                  className="chip chip-wait"
                  title={say("approvals_waiting", { count: waiting })}
                >
                  {number(waiting)}
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function WhoIsHere({ path }: { path: string }): ReactNode {
  const words = useWords();
  const me = useMe();
  const { signOut } = useSession();
  return (
    <div className="who">
      <Link
        to="/account"
        className="who-link"
        isCurrent={path === "/account"}
        label={words.say("nav_account")}
      >
        <Icon name="account" />
        <span>
          <strong>{me.name}</strong>
          <small>{me.role}</small>
        </span>
      </Link>
      <Button
        icon="leave"
        look="bare"
        label={words.say("sign_out")}
        onPress={() => {
          signOut().catch((error: unknown) => notify(sentenceOf(error, words)));
        }}
      />
    </div>
  );
}

/** The frame around every page of somebody who is signed in. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { say } = useWords();
  const me = useMe();
  const path = usePath();
  const main = useRef<HTMLElement>(null);
  const [openAt, setOpenAt] = useState<string | null>(null);
  const isOpen = openAt === path;
  const isFirst = useRef(true);

  useEffect(() => {
    // As after a page load: whoever listens hears the new page, not the menu they came by.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path]);

  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {say("skip_to_content")}
      </a>
      <header className="bar">
        <Link to="/" className="brand">
          <BrandMark size={28} />
          <span>{me.shop_name}</span>
        </Link>
        <Button
          icon={isOpen ? "close" : "menu"}
          look="bare"
          label={say("menu")}
          isExpanded={isOpen}
          controls="side"
          onPress={() => setOpenAt(isOpen ? null : path)}
        />
      </header>
      <div className={isOpen ? "side side-open" : "side"} id="side">
        <Menu path={path} />
        <Preferences />
        <WhoIsHere path={path} />
      </div>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
