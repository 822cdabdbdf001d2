import { type ReactNode, useState } from "react";
import { type MessageKey, useWords } from "../i18n/words";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import { Form, FormError, useSending } from "./Form";

interface ActDialogProps {
  title: string;
  text?: string;
  confirm: string;
  isDangerous?: boolean;
  /** Asks why; the reason goes into the audit log. */
  wantsReason?: boolean;
  /** What must be typed before the act can be done. */
  typed?: string;
  /** What is still missing in `children`; "" where nothing is. */
  missing?: string;
  problems?: Readonly<Record<string, MessageKey>>;
  children?: ReactNode;
  isWide?: boolean;
  onAct: (reason: string) => Promise<void>;
  onClose: () => void;
}

const REASON_LENGTH_MAX = 200;

/** Asks before an act, for its reason where there must be one, and stays until it is done. What
 * follows it in a dialog waits until this one is closed, or the focus would come back to here. */
export function ActDialog(props: ActDialogProps): ReactNode {
  const { say } = useWords();
  const { wantsReason = true, typed = "", missing = "" } = props;
  const [reason, setReason] = useState("");
  const [entered, setEntered] = useState("");
  const { isBusy, error, setError, send } = useSending(props.problems);

  function submit(): void {
    if (missing !== "") setError(missing);
    else if (wantsReason && reason.trim() === "") setError(say("reason_missing"));
    else if (entered.trim() !== typed) setError(say("typed_missing", { word: typed }));
    else {
      void send(() => props.onAct(reason.trim())).then((isDone) => {
        if (isDone) props.onClose();
      });
    }
  }

  return (
    <Dialog title={props.title} onClose={props.onClose} isWide={props.isWide ?? false}>
      <Form onSubmit={submit}>
        {props.text !== undefined && <p className="dialog-text">{props.text}</p>}
        {props.children}
        {wantsReason && (
          <Field
            label={say("reason")}
            hint={say("reason_hint")}
            value={reason}
            onChange={setReason}
            maxLength={REASON_LENGTH_MAX}
            autoFocus={props.children === undefined}
            rows={2}
            isRequired
          />
        )}
        {typed !== "" && (
          <Field
            label={say("typed_label", { word: typed })}
            value={entered}
            onChange={setEntered}
            autoComplete="off"
            isMono
            isRequired
          />
        )}
        <FormError>{error}</FormError>
        <div className="actions">
          <Button onPress={props.onClose}>{say("not_now")}</Button>
          <Button
            type="submit"
            look={props.isDangerous === true ? "danger" : "main"}
            isBusy={isBusy}
          >
            {props.confirm}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
