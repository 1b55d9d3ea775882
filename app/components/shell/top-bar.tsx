import type { EnvironmentSummary, Person } from "../../session/wire.ts";
import { EnvironmentSwitcher } from "./environment-switcher.tsx";
import { LogoMark } from "./logo.tsx";
import { PageLinks } from "./page-links.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ThemeMenu } from "./theme-menu.tsx";

interface Props {
  person: Person;
  current: EnvironmentSummary;
  environments: readonly EnvironmentSummary[];
}

/** The sidebar of a narrow window. */
export function TopBar({ person, current, environments }: Props) {
  return (
    <div className="border-b px-4 lg:hidden">
      <div className="flex h-13 items-center gap-2">
        <LogoMark />
        <div className="min-w-0 max-w-56">
          <EnvironmentSwitcher current={current} environments={environments} />
        </div>
        <div className="ml-auto flex items-center gap-1">
          <ThemeMenu />
          <PersonMenu person={person} compact />
        </div>
      </div>
      <div className="-mx-2">
        <PageLinks environment={current.id} direction="row" />
      </div>
    </div>
  );
}
