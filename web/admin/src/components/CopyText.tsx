import { type ReactNode, useState } from "react";
import { useWords } from "../i18n/words";
import { Button } from "./Button";
import { notify } from "./Notices";

export function CopyButton({ text, label }: { text: string; label?: string }): ReactNode {
  const { say } = useWords();
  const [isCopied, setIsCopied] = useState(false);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
      notify(say("copied"));
      setTimeout(() => setIsCopied(false), 3_000);
    } catch {
      notify(say("copy_failed"));
    }
  }
  return (
    <Button icon={isCopied ? "check" : "copy"} isSmall onPress={() => void copy()}>
      {label ?? say("copy")}
    </Button>
  );
}

/** A text to be taken along whole: a link, a key, a note. */
export function CopyText({ label, text }: { label: string; text: string }): ReactNode {
  return (
    <div className="copy-text">
      <span className="field-label">{label}</span>
      <pre className="mono" tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} />
    </div>
  );
}
