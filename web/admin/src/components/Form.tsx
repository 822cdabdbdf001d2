import { type ReactNode, useState } from "react";
import { StepUpDeclined } from "../api/refusal";
import { sentenceOf } from "../i18n/problems";
import { type MessageKey, useWords } from "../i18n/words";

export interface Sending {
  isBusy: boolean;
  /** What went wrong last; "" where nothing did. */
  error: string;
  setError: (sentence: string) => void;
  /** Runs one act at a time and tells its failure; true: done. */
  send: (act: () => Promise<void>) => Promise<boolean>;
}

/** The state of something that is sent: `own` says what a problem's code means here. */
export function useSending(own: Readonly<Record<string, MessageKey>> = {}): Sending {
  const words = useWords();
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState("");
  async function send(act: () => Promise<void>): Promise<boolean> {
    if (isBusy) return false;
    setIsBusy(true);
    setError("");
    try {
      await act();
      return true;
    } catch (failure) {
      if (!(failure instanceof StepUpDeclined)) setError(sentenceOf(failure, words, own));
      return false;
    } finally {
      setIsBusy(false);
    }
  }
  return { isBusy, error, setError, send };
}

export function FormError({ children }: { children: string }): ReactNode {
  return (
    <div role="alert" className="form-error">
      {children}
    </div>
  );
}

interface FormProps {
  label?: string;
  className?: string;
  onSubmit: () => void;
  children: ReactNode;
}

/** A form that only script sends: the Content-Security-Policy forbids any other way. */
export function Form({ label, className = "form", onSubmit, children }: FormProps): ReactNode {
  return (
    <form
      className={className}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        // A dialog is a child of its page's form in React's tree, though not in the document.
        event.stopPropagation();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
