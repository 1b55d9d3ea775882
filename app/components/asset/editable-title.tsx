"use client";

import { Check, Pencil, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";

/** As many code points as the API takes; counted here in UTF-16 units, which are never fewer. */
const MAX_TITLE_LENGTH = 512;

interface Props {
  /** What the video is called where it has no title. */
  name: string;
  title: string;
  onRename(title: string): Promise<boolean>;
}

export function EditableTitle({ name, title, onRename }: Props) {
  const [isEditing, setIsEditing] = useState(false);
  const [busy, setBusy] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const hasEdited = useRef(false);
  useEffect(() => {
    if (isEditing) hasEdited.current = true;
    else if (hasEdited.current) pencil.current?.focus(); // else the keyboard begins at the top of the page again
  }, [isEditing]);
  const save = async (text: string) => {
    if (text === title) return setIsEditing(false);
    setBusy(true);
    if (await onRename(text)) setIsEditing(false);
    setBusy(false);
  };
  if (!isEditing) {
    return (
      <div className="flex min-w-0 items-center gap-1">
        <h1 className="truncate font-semibold text-lg tracking-[-0.01em]">{name}</h1>
        <Button
          ref={pencil}
          kind="quiet"
          size="icon"
          aria-label="Edit title"
          title="Edit title"
          onClick={() => setIsEditing(true)}
        >
          <Pencil aria-hidden className="size-3.5" />
        </Button>
      </div>
    );
  }
  return (
    <form
      className="flex min-w-0 grow items-center gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        void save(String(new FormData(event.currentTarget).get("title") ?? "").trim());
      }}
      onKeyDown={({ key }) => key === "Escape" && setIsEditing(false)}
    >
      <h1 className="sr-only">{name}</h1>
      <input
        name="title"
        aria-label="Title"
        defaultValue={title}
        placeholder={name}
        maxLength={MAX_TITLE_LENGTH}
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        onFocus={({ currentTarget }) => currentTarget.select()}
        className="h-8 w-full max-w-120 rounded-control border border-line-strong bg-surface px-2 font-semibold text-lg"
      />
      <Button kind="quiet" size="icon" type="submit" disabled={busy} aria-label="Save title">
        <Check aria-hidden className="size-4 text-accent" />
      </Button>
      <Button kind="quiet" size="icon" aria-label="Keep the old title" onClick={() => setIsEditing(false)}>
        <X aria-hidden className="size-4" />
      </Button>
    </form>
  );
}
