import Link from "next/link";
import type { ReactNode } from "react";
import type { ContentsGroup } from "../../reference/contents.ts";
import { Logo } from "../shell/logo.tsx";
import { ThemeMenu } from "../shell/theme-menu.tsx";
import { Contents } from "./contents.tsx";
import { ContentsSheet } from "./contents-sheet.tsx";

/** Contents beside the page, or above it in a narrow window. */
export function ReferenceFrame({ groups, children }: { groups: readonly ContentsGroup[]; children: ReactNode }) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[272px_minmax(0,1fr)]">
      <aside className="sticky top-0 hidden h-dvh flex-col border-r px-4 lg:flex">
        <div className="flex h-14 items-center justify-between">
          <Link href="/" aria-label="Playhead: to the dashboard">
            <Logo />
          </Link>
          <ThemeMenu />
        </div>
        <Contents groups={groups} />
      </aside>
      <header className="sticky top-0 z-10 flex h-13 items-center gap-2 border-b bg-canvas px-4 lg:hidden">
        <Link href="/" aria-label="Playhead: to the dashboard">
          <Logo />
        </Link>
        <span className="ml-auto" />
        <ThemeMenu />
        <ContentsSheet groups={groups} />
      </header>
      <main className="mx-auto w-full min-w-0 max-w-[76rem] px-4 pt-8 sm:px-8 lg:pt-10">{children}</main>
    </div>
  );
}
