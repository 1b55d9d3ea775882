"use client";

import { Check, ChevronsUpDown } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import type { EnvironmentSummary } from "../../session/wire.ts";
import { Menu } from "../ui/menu.tsx";
import { MenuItem } from "../ui/menu-item.tsx";
import { pageOf } from "./pages.ts";

interface Props {
  current: EnvironmentSummary;
  environments: readonly EnvironmentSummary[];
}

/** The environment's name; a menu only for those who have several. Leads to the same page of the other one. */
export function EnvironmentSwitcher({ current, environments }: Props) {
  const router = useRouter();
  const page = pageOf(usePathname());
  const label = (
    <span className="min-w-0 text-left">
      <span className="block truncate font-medium text-sm leading-4">{current.name}</span>
      <span className="block truncate text-2xs text-muted leading-4">{current.organization}</span>
    </span>
  );
  if (environments.length < 2) return <div className="min-w-0 px-2 py-1.5">{label}</div>;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Environment ${current.name}: choose another`}
          className="flex w-full min-w-0 items-center justify-between gap-2 rounded-control px-2 py-1.5 hover:bg-sunken"
        >
          {label}
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      }
    >
      {environments.map(({ id, name, organization }) => (
        <MenuItem key={id} onSelect={() => router.push(`/environments/${id}/${page}`)} className="h-auto py-1.5">
          <span className="min-w-0">
            <span className="block truncate leading-4">{name}</span>
            <span className="block truncate text-2xs text-muted">{organization}</span>
          </span>
          {id === current.id && <Check aria-label="chosen" className="ml-auto size-4 text-accent" />}
        </MenuItem>
      ))}
    </Menu>
  );
}
