import { isRecord } from "../wire/peek-event.ts";

/** One text on screen for a while. */
export interface Cue {
  /** Whole milliseconds from the asset's start; the end is not part of it and lies behind the start. */
  startMs: number;
  endMs: number;
  /** What style sheets know it by; null where it has none, or one that another cue has too. */
  id: string | null;
  /** WebVTT cue settings, such as `line:0 align:start`; empty for none. */
  settings: string;
  /** WebVTT cue text: tags, entities, lines parted by `\n`. No line is empty, none holds `-->`. */
  text: string;
}

/** What a text track shows. Stored as JSON; the same for every player and never changed. */
export interface Captions {
  version: 1;
  /** Whole `STYLE` and `REGION` blocks of WebVTT. */
  blocks: readonly string[];
  /** By start, those that begin together in the order of the file. They may overlap. */
  cues: readonly Cue[];
}

/** Reads stored captions. It is our own writing with a hash of its own, so only its version is looked at. Throws otherwise. */
export function decodeCaptions(text: string): Captions {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || value["version"] !== 1) throw new Error("stored captions of an unknown version");
  return value as unknown as Captions;
}

/** Puts cues in the order that files have. */
export function byStart(cues: readonly Cue[]): Cue[] {
  return cues.toSorted((one, other) => one.startMs - other.startMs);
}
