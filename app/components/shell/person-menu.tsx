"use client";

import { BookOpen, ChevronsUpDown, LogOut } from "lucide-react";
import { signOut } from "next-auth/react";
import { useContext, useState } from "react";
import { announceSignedOut } from "../../session/signed-out.ts";
import type { Person } from "../../session/wire.ts";
import { UploadsContext } from "../../videos/use-uploads.ts";
import { Menu } from "../ui/menu.tsx";
import { MenuItem } from "../ui/menu-item.tsx";
import { QuestionDialog } from "../ui/question-dialog.tsx";

async function leave(): Promise<boolean> {
  await signOut({ redirect: false });
  announceSignedOut();
  window.location.assign("/sign-in"); // whole: nothing of the person stays in memory
  return true;
}

interface Props {
  person: Person;
  /** Only the initial, where there is no room for a name. */
  compact?: boolean;
  side?: "top" | "bottom";
}

export function PersonMenu({ person, compact = false, side = "bottom" }: Props) {
  const uploads = useContext(UploadsContext);
  const [lostFiles, setLostFiles] = useState(0);
  const askToLeave = () => {
    const unfinished = uploads?.countUnfinished() ?? 0;
    setLostFiles(unfinished);
    if (unfinished === 0) void leave();
  };
  const stopAndLeave = () => {
    uploads?.cancelUnfinished();
    return leave();
  };
  return (
    <>
      <Menu
        align={compact ? "end" : "start"}
        side={side}
        trigger={
          <button
            type="button"
            aria-label={`Account of ${person.name}`}
            className="flex h-8 min-w-0 items-center gap-2 rounded-control px-1 text-left text-sm hover:bg-sunken"
          >
            <span
              aria-hidden
              className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-2xs text-accent"
            >
              {person.name.slice(0, 1).toUpperCase()}
            </span>
            {!compact && <span className="truncate">{person.name}</span>}
            {!compact && <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />}
          </button>
        }
      >
        <p className="truncate px-2 py-1.5 text-muted text-xs">{person.email}</p>
        {compact && (
          <MenuItem asChild>
            <a href="/docs/api" target="_blank" rel="noreferrer">
              <BookOpen aria-hidden className="size-4 text-muted" />
              API reference
            </a>
          </MenuItem>
        )}
        <MenuItem onSelect={askToLeave}>
          <LogOut aria-hidden className="size-4 text-muted" />
          Sign out
        </MenuItem>
      </Menu>
      <QuestionDialog
        isOpen={lostFiles > 0}
        onOpenChange={() => setLostFiles(0)}
        title="Sign out and stop uploading?"
        action="Sign out"
        refusal="Go on uploading"
        onConfirm={stopAndLeave}
      >
        {lostFiles === 1 ? "1 file is still on its way." : `${lostFiles} files are still on their way.`} What has been
        sent of {lostFiles === 1 ? "it" : "them"} will be lost.
      </QuestionDialog>
    </>
  );
}
