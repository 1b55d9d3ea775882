import type { Mark } from "./view-state.ts";

/** Those of a view's marks that hold texts, so that nobody has to walk over all marks to know. */
export interface MarkTexts {
  count: number;
  /** Sequence number of the last of them; -1 where there is none. */
  last: number;
}

export function hasText({ codec, name, mode, modeData }: Mark): boolean {
  return codec !== undefined || name !== undefined || mode !== undefined || modeData !== undefined;
}

export function markTextsOf(marks: readonly Mark[]): MarkTexts {
  return { count: marks.filter(hasText).length, last: lastTextBefore(marks, marks.length) };
}

/** Sequence number of the last mark with text before position `at`; -1 where there is none. */
export function lastTextBefore(marks: readonly Mark[], at: number): number {
  for (let before = at - 1; before >= 0; before -= 1) {
    const mark = marks[before] as Mark; // there: below `at`
    if (hasText(mark)) return mark.sequence;
  }
  return -1;
}
