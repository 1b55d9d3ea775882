"use client";

import { useState } from "react";
import { QuestionDialog, type QuestionDialogProps } from "./question-dialog.tsx";

type Props = Required<Pick<QuestionDialogProps, "trigger" | "title" | "children" | "action" | "onConfirm">>;

/** A button that asks before it deletes. */
export function ConfirmDialog(props: Props) {
  const [isOpen, setIsOpen] = useState(false);
  return <QuestionDialog isOpen={isOpen} onOpenChange={setIsOpen} refusal="Keep it" {...props} />;
}
