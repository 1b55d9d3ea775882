import type { Captions, Cue } from "./captions.ts";

/** Rows that captions which roll up keep on screen. */
const MAX_REPEATED_LINES = 4;
/** A tag ends at the next bracket at the latest. */
const MARKUP = /<[^<>]*>|&(amp|lt|gt|nbsp|lrm|rlm|quot);/g;
const CHARACTERS: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  nbsp: " ",
  quot: '"',
  lrm: "",
  rlm: "",
};

/** What is said, without times and styles. Lines that roll up from one cue to the next are told once. */
export function transcript({ cues }: Captions): string {
  let shown: readonly string[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  const said: string[] = [];
  for (const cue of cues) {
    const lines = plainLines(cue);
    const again = cue.startMs === endMs ? repeatedLines(shown, lines) : 0;
    said.push(...lines.slice(again));
    shown = lines;
    endMs = cue.endMs;
  }
  return said.map((line) => `${line}\n`).join("");
}

/** How many lines at the begin of a cue are those at the end of the one before. */
function repeatedLines(before: readonly string[], now: readonly string[]): number {
  for (let lines = Math.min(MAX_REPEATED_LINES, before.length, now.length); lines > 0; lines -= 1) {
    const end = before.slice(before.length - lines);
    if (end.every((line, at) => line === now[at])) return lines;
  }
  return 0;
}

function plainLines({ text }: Pick<Cue, "text">): string[] {
  return text
    .replace(MARKUP, (_, entity?: string) => (entity === undefined ? "" : (CHARACTERS[entity] ?? "")))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
