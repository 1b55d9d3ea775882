"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "../ui/class-names.ts";
import { PAGES, pageOf } from "./pages.ts";

interface Props {
  environment: string;
  /** Below each other in the sidebar, beside each other above a narrow page. */
  direction: "column" | "row";
}

const CURRENT = {
  column: "bg-sunken font-medium before:absolute before:inset-y-2 before:-left-3 before:w-0.5 before:bg-accent",
  row: "font-medium before:absolute before:inset-x-2 before:-bottom-px before:h-0.5 before:bg-accent",
} as const;

export function PageLinks({ environment, direction }: Props) {
  const current = pageOf(usePathname());
  return (
    <nav aria-label="Pages" className={classNames("flex gap-0.5", direction === "column" && "flex-col")}>
      {PAGES.map(({ path, title, Icon }) => (
        <Link
          key={path}
          href={`/environments/${environment}/${path}`}
          aria-current={path === current ? "page" : undefined}
          className={classNames(
            "relative flex items-center gap-2.5 px-2 text-sm",
            direction === "column" ? "h-8 rounded-control" : "h-10",
            path === current ? CURRENT[direction] : "text-muted hover:text-ink",
            path !== current && direction === "column" && "hover:bg-sunken",
          )}
        >
          <Icon aria-hidden className={classNames("size-4", path === current ? "text-accent" : "text-faint")} />
          {title}
        </Link>
      ))}
    </nav>
  );
}
