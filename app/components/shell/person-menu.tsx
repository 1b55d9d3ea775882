"use client";

import { ChevronsUpDown, LogOut } from "lucide-react";
import { signOut } from "next-auth/react";
import { announceSignedOut } from "../../session/signed-out.ts";
import type { Person } from "../../session/wire.ts";
import { Menu } from "../ui/menu.tsx";
import { MenuItem } from "../ui/menu-item.tsx";

async function leave(): Promise<void> {
  await signOut({ redirect: false });
  announceSignedOut();
  window.location.assign("/sign-in"); // whole: nothing of the person stays in memory
}

interface Props {
  person: Person;
  /** Only the initial, where there is no room for a name. */
  compact?: boolean;
  side?: "top" | "bottom";
}

export function PersonMenu({ person, compact = false, side = "bottom" }: Props) {
  return (
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
      <MenuItem onSelect={() => void leave()}>
        <LogOut aria-hidden className="size-4 text-muted" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
