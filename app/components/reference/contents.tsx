"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type ContentsGroup, findOperations } from "../../reference/contents.ts";
import { classNames } from "../ui/class-names.ts";
import { MethodLabel } from "./method-label.tsx";

interface Props {
  groups: readonly ContentsGroup[];
  /** Told when somebody goes somewhere: a sheet over a narrow page then closes. */
  onLeave?: () => void;
}

const STAY = () => undefined;
const LINK = "block rounded-control px-2 py-1 text-sm";

/** Groups with the operations of the one that is shown; while something is looked for, what was found in all of them. */
export function Contents({ groups, onLeave = STAY }: Props) {
  const [query, setQuery] = useState("");
  const pathname = usePathname();
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  useSlashKey(input);
  const found = query.trim() === "" ? null : findOperations(groups, query);
  const onKeyDown = (event: KeyboardEvent) => {
    const first = found?.[0];
    if (event.key === "Escape") setQuery("");
    if (event.key !== "Enter" || first === undefined) return;
    router.push(first.href);
    onLeave();
  };
  return (
    <nav aria-label="API reference" className="flex min-h-0 flex-1 flex-col">
      <div className="relative">
        <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
        <input
          ref={input}
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="Find an operation"
          aria-label="Find an operation"
          className="h-8 w-full rounded-control border border-line-strong bg-surface pr-8 pl-8 text-sm placeholder:text-faint"
        />
        {query === "" && (
          <kbd className="pointer-events-none absolute top-1.5 right-2 rounded-xs border px-1.5 font-mono text-faint text-xs leading-4.5 max-lg:hidden">
            /
          </kbd>
        )}
      </div>
      <div className="-mx-1 mt-3 min-h-0 flex-1 overflow-y-auto px-1 pb-6">
        {found !== null && <Operations operations={found} onLeave={onLeave} />}
        {found?.length === 0 && <p className="px-2 py-1 text-muted text-sm">No operation is called that.</p>}
        {found === null && (
          <>
            <Entry href="/docs/api" title="Overview" isCurrent={pathname === "/docs/api"} onLeave={onLeave} />
            {groups.map(({ href, name, operations }) => (
              <div key={href}>
                <Entry href={href} title={name} isCurrent={pathname === href} onLeave={onLeave} />
                {pathname === href && <Operations operations={operations} onLeave={onLeave} />}
              </div>
            ))}
          </>
        )}
      </div>
    </nav>
  );
}

function Entry({
  href,
  title,
  isCurrent,
  onLeave,
}: {
  href: string;
  title: string;
  isCurrent: boolean;
  onLeave: () => void;
}) {
  return (
    <Link
      href={href}
      onClick={onLeave}
      aria-current={isCurrent ? "page" : undefined}
      className={classNames(LINK, isCurrent ? "bg-sunken font-medium" : "text-muted hover:bg-sunken hover:text-ink")}
    >
      {title}
    </Link>
  );
}

function Operations({ operations, onLeave }: { operations: ContentsGroup["operations"]; onLeave: () => void }) {
  return (
    <ul className="mt-0.5 mb-2">
      {operations.map(({ href, method, summary }) => (
        <li key={href}>
          <Link
            href={href}
            onClick={onLeave}
            className={classNames(
              LINK,
              "grid grid-cols-[2.75rem_minmax(0,1fr)] items-baseline text-muted hover:text-ink",
            )}
          >
            <MethodLabel method={method} />
            <span>{summary}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** `/` goes to the search from anywhere but other fields. */
function useSlashKey(input: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.matches("input, textarea, [contenteditable]");
      if (event.key !== "/" || isTyping || event.metaKey || event.ctrlKey || input.current?.offsetParent === null)
        return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [input]);
}
