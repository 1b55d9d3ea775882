import type { Captions, Cue } from "./captions.ts";
import { escapeText } from "./srt-text.ts";

/** What a recogniser heard without a pause. */
export interface SpokenLine {
  /** Milliseconds from the asset's start. */
  startMs: number;
  endMs: number;
  /** As it is read, with punctuation. */
  text: string;
}

/** Rows of a cue, and characters of a row, as Netflix's Timed Text Style Guide has them for English; seven seconds too. */
const MAX_ROWS = 2;
const MAX_ROW_CHARACTERS = 42;
/** Nobody reads two rows longer than this; shorter than the other nobody can read one. */
const MAX_CUE_MS = 7_000;
const MIN_CUE_MS = 1_000;
/** Where a sentence is parted, the middle counts most; a comma may be this much of its length away. */
const COMMA_RATIO = 0.25;

/** A word with the time in which it is probably said: the recogniser tells times of lines only. */
interface Word {
  text: string;
  startMs: number;
  endMs: number;
}

/** Captions of what was said: cues of few rows, parted where sentences end and then where they can be. Lines are in order. */
export function speechCaptions(lines: readonly SpokenLine[]): Captions {
  const said = lines.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const groups = said.flatMap((line) => joinShort(sentencesOf(wordsOf(line))).flatMap(fitting));
  const cues = groups.map((words, n) => cueOf(words, groups[n + 1]?.[0]?.startMs ?? Number.POSITIVE_INFINITY));
  return { version: 1, blocks: [], cues };
}

function wordsOf({ startMs, endMs, text }: SpokenLine): Word[] {
  const texts = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .flatMap((word) => word.match(new RegExp(`.{1,${MAX_ROW_CHARACTERS}}`, "gu")) ?? []);
  const characters = texts.reduce((sum, word) => sum + word.length, 0);
  const timeAt = (said: number): number => startMs + ((endMs - startMs) * said) / Math.max(1, characters);
  let said = 0;
  return texts.map((word) => {
    const from = said;
    said += word.length;
    return { text: word, startMs: timeAt(from), endMs: timeAt(said) };
  });
}

function sentencesOf(words: readonly Word[]): Word[][] {
  const sentences: Word[][] = [];
  let isOver = true;
  for (const word of words) {
    if (isOver) sentences.push([]);
    sentences.at(-1)?.push(word);
    isOver = /[.?!…]["”’)]*$/.test(word.text);
  }
  return sentences;
}

/** Parts what is too long for one cue in two near its middle, behind a comma where one is near, until all fit. */
function fitting(words: Word[]): Word[][] {
  if (isCue(words) || words.length < 2) return [words];
  const total = charactersOf(words);
  const penalties = words.slice(0, -1).map((word, n) => {
    const away = Math.abs(charactersOf(words.slice(0, n + 1)) / total - 0.5);
    return away - (/[,;:—–]$/.test(word.text) ? COMMA_RATIO : 0);
  });
  const at = penalties.indexOf(Math.min(...penalties)) + 1;
  return [...fitting(words.slice(0, at)), ...fitting(words.slice(at))];
}

/** Puts sentences into one cue that fit together: "No. Why?" */
function joinShort(sentences: readonly Word[][]): Word[][] {
  const joined: Word[][] = [];
  for (const words of sentences) {
    const together = [...(joined.at(-1) ?? []), ...words];
    if (joined.length > 0 && isCue(together)) joined[joined.length - 1] = together;
    else joined.push(words);
  }
  return joined;
}

function isCue(words: readonly Word[]): boolean {
  return rowsOf(words).length <= MAX_ROWS && (words.at(-1)?.endMs ?? 0) - (words[0]?.startMs ?? 0) <= MAX_CUE_MS;
}

/** As few rows as can be; two are about equally long. */
function rowsOf(words: readonly Word[]): string[] {
  const texts = words.map(({ text }) => text);
  const whole = texts.join(" ");
  if (whole.length <= MAX_ROW_CHARACTERS) return [whole];
  const halves = texts.slice(1).map((_, n) => [texts.slice(0, n + 1).join(" "), texts.slice(n + 1).join(" ")]);
  const longest = (rows: readonly string[]): number => Math.max(...rows.map(({ length }) => length));
  const best = halves.reduce((one, other) => (longest(other) < longest(one) ? other : one), [whole]);
  return longest(best) <= MAX_ROW_CHARACTERS ? best : texts;
}

function cueOf(words: readonly Word[], nextStartMs: number): Cue {
  const startMs = Math.round(words[0]?.startMs ?? 0);
  const saidMs = Math.min((words.at(-1)?.endMs ?? 0) - startMs, MAX_CUE_MS);
  const endMs = Math.min(startMs + Math.max(saidMs, MIN_CUE_MS), nextStartMs);
  const text = rowsOf(words).map(escapeText).join("\n");
  return { startMs, endMs: Math.max(startMs + 1, Math.round(endMs)), id: null, settings: "", text };
}

function charactersOf(words: readonly Word[]): number {
  return words.reduce((sum, { text }) => sum + text.length + 1, 0);
}
