"use client";

import { useSyncExternalStore } from "react";
import { classNames } from "../ui/class-names.ts";
import { CopyButton } from "../ui/copy-button.tsx";

const CLIENTS = ["curl", "Node.js"] as const;
type Client = (typeof CLIENTS)[number];

/** One choice for all examples of the page. */
let chosen: Client = "curl";
const listeners = new Set<() => void>();

function choose(client: Client): void {
  chosen = client;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A request, with the client that the reader uses. */
export function ExampleTabs({ curl, node }: { curl: string; node: string }) {
  const client = useSyncExternalStore(
    subscribe,
    () => chosen,
    () => "curl" as const,
  );
  const code = client === "curl" ? curl : node;
  return (
    <div className="overflow-hidden rounded-panel border bg-sunken">
      <div className="flex items-center gap-1 border-b px-2 py-1">
        {CLIENTS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === client}
            onClick={() => choose(one)}
            className={classNames(
              "h-7 rounded-control px-2 text-xs",
              one === client ? "bg-surface font-medium text-ink" : "text-muted hover:text-ink",
            )}
          >
            {one}
          </button>
        ))}
        <span className="ml-auto">
          <CopyButton text={code} what="request" />
        </span>
      </div>
      <pre className="whitespace-pre-wrap wrap-anywhere p-3 font-mono text-xs leading-5">
        <code>{code}</code>
      </pre>
    </div>
  );
}
