import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useWords } from "../i18n/words";
import { Button } from "./Button";

interface DialogProps {
  title: string;
  children: ReactNode;
  /** Absent: it closes only by what is in it. */
  onClose?: (() => void) | undefined;
  isWide?: boolean;
  isAlert?: boolean;
}

/** A question above the page: the focus stays inside and returns to where it was. */
export function Dialog({ title, children, onClose, isWide, isAlert }: DialogProps): ReactNode {
  const { say } = useWords();
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose?.();
      }}
    >
      <Modal className={isWide === true ? "modal modal-wide" : "modal"}>
        <AriaDialog className="dialog" role={isAlert === true ? "alertdialog" : "dialog"}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {onClose !== undefined && (
              <Button icon="close" look="bare" label={say("close")} onPress={onClose} />
            )}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
