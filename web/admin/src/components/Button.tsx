import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Icon, type IconName } from "./Icon";

export interface ButtonProps {
  children?: ReactNode;
  /** What a button without words is called. */
  label?: string;
  icon?: IconName;
  look?: "main" | "quiet" | "danger" | "bare";
  isSmall?: boolean;
  isBusy?: boolean;
  isDisabled?: boolean;
  autoFocus?: boolean;
  onPress?: () => void;
  type?: "button" | "submit";
  isExpanded?: boolean;
  controls?: string;
}

export function Button(props: ButtonProps): ReactNode {
  const { look = "quiet", isSmall = false, isBusy = false, icon, label, children } = props;
  const className = ["button", `button-${look}`, isSmall ? "button-small" : ""].join(" ").trim();
  return (
    <AriaButton
      className={className}
      type={props.type ?? "button"}
      isDisabled={props.isDisabled ?? false}
      isPending={isBusy}
      autoFocus={props.autoFocus ?? false}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(props.isExpanded === undefined ? {} : { "aria-expanded": props.isExpanded })}
      {...(props.controls === undefined ? {} : { "aria-controls": props.controls })}
      {...(props.onPress === undefined ? {} : { onPress: props.onPress })}
    >
      {icon !== undefined && <Icon name={icon} size={isSmall ? 16 : 18} />}
      {children !== undefined && <span>{children}</span>}
    </AriaButton>
  );
}
