"use client";

import { AlertDialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";

export interface QuestionDialogProps {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  /** The button that asks for it, where it is one of its own. */
  trigger?: ReactNode;
  title: string;
  /** What will be lost. */
  children: ReactNode;
  /** The deed, as a verb: `Delete video`. */
  action: string;
  /** The other answer. */
  refusal: string;
  /** Resolves with whether it worked; the dialog closes either way, since the page says why not. */
  onConfirm(): Promise<boolean>;
}

/** Asks before something that cannot be taken back. */
export function QuestionDialog(props: QuestionDialogProps) {
  const { isOpen, onOpenChange, trigger, title, children, action, refusal, onConfirm } = props;
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    await onConfirm();
    setBusy(false);
    onOpenChange(false);
  };
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={onOpenChange}>
      {trigger !== undefined && <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>}
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-picture-scrim" />
        <AlertDialog.Content className="fixed top-1/2 left-1/2 z-50 w-[calc(100vw-32px)] max-w-100 -translate-x-1/2 -translate-y-1/2 rounded-panel border border-line-strong bg-raised p-5 shadow-menu">
          <AlertDialog.Title className="mb-1 wrap-anywhere font-semibold text-lg">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mb-5 wrap-anywhere text-muted">{children}</div>
          </AlertDialog.Description>
          <div className="flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{refusal}</Button>
            </AlertDialog.Cancel>
            <Button kind="danger" disabled={busy} onClick={() => void confirm()}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
