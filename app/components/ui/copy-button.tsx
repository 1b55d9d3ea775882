"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

const CONFIRMED_MS = 2_000;

interface Props {
  text: string;
  /** What is copied, for those who hear the page: `asset id`. */
  what: string;
}

/** Puts a text where a person can paste it from, and says so. */
export function CopyButton({ text, what }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button
      type="button"
      aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
      title={copied ? "Copied" : "Copy"}
      onClick={() => void copy()}
      className="grid size-7 shrink-0 place-items-center rounded-control text-faint hover:bg-sunken hover:text-ink"
    >
      {copied ? <Check aria-hidden className="size-3.5 text-accent" /> : <Copy aria-hidden className="size-3.5" />}
    </button>
  );
}
