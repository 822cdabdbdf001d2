import { type ReactNode, useState } from "react";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { Form, FormError, useSending } from "../../components/Form";
import { StepUp } from "../../components/StepUp";
import { useWords } from "../../i18n/words";
import { addPasskey, thisDevice } from "../account/add_passkey";

export function FirstPasskey({ onDone }: { onDone: () => void }): ReactNode {
  const { say } = useWords();
  const [label, setLabel] = useState(thisDevice);
  const { isBusy, error, send } = useSending();
  return (
    <Form
      label={say("enrol_passkey_title")}
      onSubmit={() =>
        void send(async () => void (await addPasskey(label))).then((isDone) => {
          if (isDone) onDone();
        })
      }
    >
      <p>{say("enrol_passkey_text")}</p>
      <Field
        label={say("passkey_label")}
        hint={say("passkey_label_hint")}
        value={label}
        onChange={setLabel}
        maxLength={100}
      />
      <FormError>{error}</FormError>
      <div className="actions">
        <Button onPress={onDone}>{say("skip")}</Button>
        <Button
          type="submit"
          look="main"
          icon="key"
          isBusy={isBusy}
          isDisabled={label.trim() === ""}
        >
          {say("passkey_add")}
        </Button>
      </div>
      <StepUp />
    </Form>
  );
}
