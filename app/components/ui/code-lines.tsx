"use client";

import { Check, Copy } from "lucide-react";
import { Fragment, type ReactNode, useEffect, useState } from "react";
import { Button } from "./button.tsx";

const CONFIRMED_MS = 2_000;

/** Each attribute and option on one line where it fits: a name that breaks at its hyphen reads like two. */
function wordsOf(line: string): readonly ReactNode[] {
  return line.split(" ").map((word, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: words of a line never change places
    <Fragment key={at}>
      {at > 0 && " "}
      <span className="inline-block max-w-full">{word}</span>
    </Fragment>
  ));
}

/** Lines to take along. */
export function CodeLines({ lines }: { lines: readonly string[] }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(lines.join("\n"));
    setCopied(true);
  };
  return (
    <div className="relative rounded-panel border bg-sunken">
      <pre className="overflow-x-auto p-4 pt-12 sm:pt-4 sm:pr-28 font-mono text-xs leading-6" data-testid="snippet">
        {lines.map((line) => (
          <code key={line} className="block whitespace-pre-wrap wrap-anywhere">
            {wordsOf(line)}
          </code>
        ))}
      </pre>
      <Button size="small" className="absolute top-3 right-3 w-22" onClick={() => void copy()}>
        {copied ? <Check aria-hidden className="size-3.5" /> : <Copy aria-hidden className="size-3.5" />}
        <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
      </Button>
    </div>
  );
}
