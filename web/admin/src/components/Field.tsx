import { type ReactNode, useState } from "react";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { FieldError } from "react-aria-components/FieldError";
import { TextField } from "react-aria-components/TextField";
import { TextArea } from "react-aria-components/TextArea";
import { useWords } from "../i18n/words";
import { Button } from "./Button";

export interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  /** Why the value will not do; "" where it will. */
  error?: string;
  type?: "text" | "email" | "number" | "search";
  inputMode?: "text" | "numeric" | "email";
  autoComplete?: string;
  maxLength?: number;
  isRequired?: boolean;
  autoFocus?: boolean;
  isMono?: boolean;
  rows?: number;
}

function fieldOf(props: FieldProps): Parameters<typeof TextField>[0] {
  return {
    className: "field",
    value: props.value,
    onChange: props.onChange,
    isRequired: props.isRequired ?? false,
    isInvalid: (props.error ?? "") !== "",
    validationBehavior: "aria",
    autoFocus: props.autoFocus ?? false,
    ...(props.autoComplete === undefined ? {} : { autoComplete: props.autoComplete }),
    ...(props.maxLength === undefined ? {} : { maxLength: props.maxLength }),
    ...(props.inputMode === undefined ? {} : { inputMode: props.inputMode }),
  };
}

function Notes({
  hint,
  error,
}: {
  hint?: string | undefined;
  error?: string | undefined;
}): ReactNode {
  return (
    <>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </>
  );
}

export function Field(props: FieldProps): ReactNode {
  return (
    <TextField {...fieldOf(props)} type={props.type ?? "text"}>
      <Label>{props.label}</Label>
      {props.rows === undefined ? (
        <Input className={props.isMono === true ? "input mono" : "input"} />
      ) : (
        <TextArea className="input" rows={props.rows} />
      )}
      <Notes hint={props.hint} error={props.error} />
    </TextField>
  );
}

/** A password that can be looked at, pasted and filled in by a password manager. */
export function PasswordField(props: FieldProps): ReactNode {
  const { say } = useWords();
  const [isShown, setIsShown] = useState(false);
  return (
    <TextField {...fieldOf(props)} type={isShown ? "text" : "password"}>
      <Label>{props.label}</Label>
      <div className="input-row">
        <Input className="input" autoCapitalize="none" spellCheck="false" />
        <Button
          icon={isShown ? "eye_off" : "eye"}
          look="bare"
          label={say(isShown ? "password_hide" : "password_show")}
          onPress={() => setIsShown(!isShown)}
        />
      </div>
      <Notes hint={props.hint} error={props.error} />
    </TextField>
  );
}

/** Six digits of an authenticator (or, where allowed, a recovery code). */
export function CodeField(props: Omit<FieldProps, "inputMode" | "autoComplete">): ReactNode {
  return <Field {...props} autoComplete="one-time-code" inputMode="text" isMono />;
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
  isLabelHidden?: boolean;
}

export function Choice<T extends string>(props: ChoiceProps<T>): ReactNode {
  const { label, value, options, onChange, isLabelHidden = false } = props;
  return (
    <label className="field">
      <span className={isLabelHidden ? "visually-hidden" : "field-label"}>{label}</span>
      <select
        className="input"
        value={value}
        onChange={(event) => {
          const option = options.find(([name]) => name === event.target.value);
          if (option !== undefined) onChange(option[0]);
        }}
      >
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CheckProps {
  children: ReactNode;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  isDisabled?: boolean;
}

export function Check({
  children,
  isSelected,
  onChange,
  isDisabled = false,
}: CheckProps): ReactNode {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={isSelected}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
