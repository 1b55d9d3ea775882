import { escapeText } from "../srt-text.ts";

export const ROWS = 15;
export const COLUMNS = 32;

interface Cell {
  character: string;
  isItalic: boolean;
}

/** One of the two memories of a decoder: 15 rows of 32 characters (CTA-608-E §C.3). Rows and columns count from 0. */
export class Screen {
  #rows = new Map<number, Map<number, Cell>>();

  put(row: number, column: number, cell: Cell): void {
    const cells = this.#rows.get(row) ?? new Map<number, Cell>();
    this.#rows.set(row, cells.set(column, cell));
  }

  /** From a column to the end of its row. */
  erase(row: number, from: number): void {
    const cells = this.#rows.get(row);
    for (const column of cells?.keys() ?? []) if (column >= from) cells?.delete(column);
  }

  clear(): void {
    this.#rows = new Map();
  }

  /** Everything one row up; what leaves the window of so many rows above the base is gone. */
  rollUp(base: number, rows: number): void {
    const moved = [...this.#rows].map(([row, cells]) => [row - 1, cells] as const);
    this.#rows = new Map(moved.filter(([row]) => row > base - rows && row >= 0 && row < base));
  }

  /** What rolls up moves with its base row. */
  moveBase(from: number, to: number): void {
    const moved = [...this.#rows].map(([row, cells]) => [row + to - from, cells] as const);
    this.#rows = new Map(moved.filter(([row]) => row >= 0 && row < ROWS));
  }

  /** Cue text and settings of WebVTT; null where nothing is to be seen. */
  content(): { text: string; settings: string } | null {
    const lines = [...this.#rows]
      .toSorted(([one], [other]) => one - other)
      .map(([row, cells]) => ({ row, ...lineOf(cells) }))
      .filter(({ text }) => text !== "");
    const [top] = lines;
    if (top === undefined) return null;
    return { text: lines.map(({ text }) => text).join("\n"), settings: settingsOf(top.row, lines) };
  }
}

/** Text of a row with its italics, and the columns that it takes. */
function lineOf(cells: ReadonlyMap<number, Cell>): { text: string; first: number; end: number } {
  const columns = [...cells.keys()].toSorted((one, other) => one - other);
  const seen = columns.filter((column) => cells.get(column)?.character.trim() !== "");
  const [first = 0, last = -1] = [seen[0], seen.at(-1)];
  let text = "";
  let isItalic = false;
  for (let column = first; column <= last; column += 1) {
    const cell: Cell = cells.get(column) ?? { character: " ", isItalic };
    if (cell.isItalic !== isItalic && cell.character !== " ") {
      text += cell.isItalic ? "<i>" : "</i>";
      isItalic = cell.isItalic;
    }
    text += escapeText(cell.character);
  }
  return { text: isItalic ? `${text}</i>` : text, first, end: last + 1 };
}

/** Rows below this stand where players put captions by themselves. */
const BOTTOM_ROW = 9;
/** So far from the middle a line counts as centred. */
const CENTRED_COLUMNS = 3;

/**
 * Rows and columns lie in the middle 80 % of the picture. Lines that are centred stay so, whatever the font; long ones that all
 * begin at the left only look it, and would jump when a short one rolls up below them.
 */
function settingsOf(topRow: number, lines: readonly { first: number; end: number }[]): string {
  const line = topRow < BOTTOM_ROW ? [`line:${Math.round(10 + (80 * topRow) / ROWS)}%`] : [];
  const isIndented = lines.some(({ first }) => first > 0);
  const isCentred =
    isIndented && lines.every(({ first, end }) => Math.abs((first + end) / 2 - COLUMNS / 2) <= CENTRED_COLUMNS);
  const left = Math.min(...lines.map(({ first }) => first));
  const place = isCentred ? [] : [`position:${Math.round(10 + (80 * left) / COLUMNS)}%`, "align:start"];
  return [...line, ...place].join(" ");
}
