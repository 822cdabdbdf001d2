import { type ReactNode, useState } from "react";
import { useWords } from "../i18n/words";
import { Button } from "./Button";
import { CopyButton } from "./CopyText";
import { download } from "./download";
import { Check } from "./Field";

interface RecoveryCodesProps {
  codes: readonly string[];
  onKept: () => void;
}

/** Told once: they go on only after saying that the codes are kept. */
export function RecoveryCodes({ codes, onKept }: RecoveryCodesProps): ReactNode {
  const { say } = useWords();
  const [isKept, setIsKept] = useState(false);
  const text = `${codes.join("\n")}\n`;
  return (
    <div className="form">
      <p>{say("recovery_text")}</p>
      <ol className="recovery-codes mono printed">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="actions actions-start">
        <CopyButton text={text} />
        <Button
          icon="download"
          isSmall
          onPress={() => download("dermaga-recovery-codes.txt", text, "text/plain")}
        >
          {say("download")}
        </Button>
        <Button icon="print" isSmall onPress={() => window.print()}>
          {say("print")}
        </Button>
      </div>
      <Check isSelected={isKept} onChange={setIsKept}>
        {say("recovery_kept")}
      </Check>
      <div className="actions">
        <Button look="main" isDisabled={!isKept} onPress={onKept}>
          {say("go_on")}
        </Button>
      </div>
    </div>
  );
}
