import { Fragment } from "react";

/** Text in which `backticks` mark code. */
export function CodeText({ text }: { text: string }) {
  return text.split("`").map((part, at) =>
    at % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text never change places
      <Fragment key={at}>{part}</Fragment>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: likewise
      <code key={at} className="rounded-xs bg-sunken px-1 py-0.5 font-mono text-xs">
        {part}
      </code>
    ),
  );
}
