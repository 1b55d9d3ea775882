import { Activity } from "lucide-react";
import Link from "next/link";
import type { EnvironmentSummary, Person } from "../../session/wire.ts";
import { EnvironmentSwitcher } from "./environment-switcher.tsx";
import { Logo } from "./logo.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ThemeMenu } from "./theme-menu.tsx";

interface Props {
  person: Person;
  current: EnvironmentSummary;
  environments: readonly EnvironmentSummary[];
}

export function Sidebar({ person, current, environments }: Props) {
  return (
    <aside className="sticky top-0 hidden h-dvh flex-col border-r px-3 lg:flex">
      <div className="flex h-14 items-center px-2">
        <Logo />
      </div>
      <EnvironmentSwitcher current={current} environments={environments} />
      <nav aria-label="Pages" className="mt-4 flex-1">
        <Link
          href={`/environments/${current.id}/monitoring`}
          aria-current="page"
          className="relative flex h-8 items-center gap-2.5 rounded-control bg-sunken px-2 font-medium text-sm before:absolute before:inset-y-2 before:-left-3 before:w-0.5 before:bg-accent"
        >
          <Activity aria-hidden className="size-4 text-accent" />
          Monitoring
        </Link>
      </nav>
      <div className="flex items-center justify-between gap-1 py-3">
        <PersonMenu person={person} side="top" />
        <ThemeMenu side="top" />
      </div>
    </aside>
  );
}
