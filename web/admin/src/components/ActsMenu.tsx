import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { useWords } from "../i18n/words";
import { Icon } from "./Icon";

export interface Act {
  id: string;
  text: string;
  isDangerous?: boolean;
  onAct: () => void;
}

/** What can be done with one row, where that is more than one thing. */
export function ActsMenu({ label, acts }: { label: string; acts: readonly Act[] }): ReactNode {
  const { say } = useWords();
  if (acts.length === 0) return null;
  return (
    <MenuTrigger>
      <AriaButton
        className="button button-quiet button-small"
        aria-label={`${say("acts")}: ${label}`}
      >
        <span>{say("acts")}</span>
        <Icon name="down" size={14} />
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="popover-menu"
          onAction={(key) => acts.find(({ id }) => id === key)?.onAct()}
        >
          {acts.map((act) => (
            <MenuItem
              key={act.id}
              id={act.id}
              className={act.isDangerous === true ? "popover-item popover-danger" : "popover-item"}
            >
              {act.text}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
