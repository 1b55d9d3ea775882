import type { EnvironmentSummary, Person } from "../../session/wire.ts";
import { EnvironmentSwitcher } from "./environment-switcher.tsx";
import { Logo } from "./logo.tsx";
import { PageLinks } from "./page-links.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ReferenceLink } from "./reference-link.tsx";
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
      <div className="mt-4 flex-1">
        <PageLinks environment={current.id} direction="column" />
      </div>
      <ReferenceLink />
      <div className="flex items-center justify-between gap-1 py-3">
        <PersonMenu person={person} side="top" />
        <ThemeMenu side="top" />
      </div>
    </aside>
  );
}
