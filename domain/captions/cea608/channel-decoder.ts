import type { Cue } from "../captions.ts";
import { basicCharacter, extendedCharacter, specialCharacter } from "./characters.ts";
import { COLUMNS, ROWS, Screen } from "./screen.ts";

type Mode = "pop_on" | "roll_up" | "paint_on" | "text";

/** Rows of a preamble, from 0, by the low bits of its first byte: without and with bit 5 of its second (CTA-608-E table 53). */
const PREAMBLE_ROWS = [
  [10, 10],
  [0, 1],
  [2, 3],
  [11, 12],
  [13, 14],
  [4, 5],
  [6, 7],
  [8, 9],
] as const;
const LAST_ROW = ROWS - 1;

/** What one channel of captions shows, told as cues: a decoder of CTA-608-E, annex C. */
export class ChannelDecoder {
  readonly cues: Cue[] = [];
  #mode: Mode | null = null;
  #displayed = new Screen();
  #loading = new Screen();
  #row = LAST_ROW;
  #column = 0;
  #isItalic = false;
  #rollRows = 2;
  /** What is on screen, since when. */
  #shown: { text: string; settings: string; sinceMs: number } | null = null;
  /** When the first character came of what is being written on screen; it is told when it is complete. */
  #writingSinceMs: number | null = null;

  /** @param byte 0x20 to 0x7f */
  character(byte: number, timeMs: number): void {
    this.#write(basicCharacter(byte), timeMs);
  }

  /** @param first of the pair, as of the first channel: 0x10 to 0x17 */
  control(first: number, second: number, timeMs: number): void {
    if (second >= 0x40) this.#preamble(first, second);
    else if (first === 0x11 && second >= 0x30) this.#write(specialCharacter(second), timeMs);
    else if (first === 0x11) this.#midRow(second, timeMs);
    else if (first === 0x12 || first === 0x13) this.#extended(first, second, timeMs);
    else if (first === 0x14 || first === 0x15) this.#command(second, timeMs);
    else if (first === 0x17 && second >= 0x21 && second <= 0x23) this.#move(second - 0x20);
  }

  end(timeMs: number): void {
    this.#finishWriting();
    this.#show(null, timeMs);
  }

  get #written(): Screen {
    return this.#mode === "pop_on" ? this.#loading : this.#displayed;
  }

  #write(character: string, timeMs: number): void {
    if (this.#mode === null || this.#mode === "text" || character === "") return;
    if (this.#mode !== "pop_on") this.#writingSinceMs ??= timeMs;
    this.#written.put(this.#row, this.#column, { character, isItalic: this.#isItalic });
    this.#move(1);
  }

  #move(columns: number): void {
    this.#column = Math.min(COLUMNS - 1, this.#column + columns);
  }

  /** Replaces the basic character that was sent before it for simpler decoders. */
  #extended(first: number, second: number, timeMs: number): void {
    if (this.#mode === null || this.#mode === "text") return;
    this.#column = Math.max(0, this.#column - 1);
    this.#write(extendedCharacter(first === 0x13, second), timeMs);
  }

  #midRow(second: number, timeMs: number): void {
    this.#isItalic = (second & 0x0e) === 0x0e;
    this.#write(" ", timeMs);
  }

  #preamble(first: number, second: number): void {
    const row = PREAMBLE_ROWS[first & 7]?.[(second >> 5) & 1] ?? LAST_ROW;
    const style = (second & 0x1e) >> 1;
    if (this.#mode === "roll_up") {
      if (row !== this.#row) this.#displayed.moveBase(this.#row, row);
    } else if (this.#mode === "paint_on") this.#finishWriting();
    this.#row = row;
    this.#column = style >= 8 ? (style - 8) * 4 : 0;
    this.#isItalic = style === 7;
  }

  #command(second: number, timeMs: number): void {
    if (second === 0x20) this.#enter("pop_on");
    else if (second === 0x21) this.#backspace();
    else if (second === 0x24) this.#written.erase(this.#row, this.#column);
    else if (second >= 0x25 && second <= 0x27) this.#enterRollUp(second - 0x23, timeMs);
    else if (second === 0x29) this.#enter("paint_on");
    else if (second === 0x2a || second === 0x2b) this.#enter("text");
    else if (second === 0x2c) this.#eraseDisplayed(timeMs);
    else if (second === 0x2d) this.#carriageReturn();
    else if (second === 0x2e) this.#loading.clear();
    else if (second === 0x2f) this.#flip(timeMs);
  }

  #eraseDisplayed(timeMs: number): void {
    this.#finishWriting();
    this.#displayed.clear();
    this.#show(null, timeMs);
  }

  #enter(mode: Mode): void {
    this.#finishWriting();
    this.#mode = mode;
  }

  /** Coming from another mode, both memories are emptied (CTA-608-E §C.10). */
  #enterRollUp(rows: number, timeMs: number): void {
    this.#finishWriting();
    this.#rollRows = rows;
    if (this.#mode === "roll_up") return;
    this.#mode = "roll_up";
    this.#displayed.clear();
    this.#loading.clear();
    this.#show(null, timeMs);
    this.#row = LAST_ROW;
    this.#column = 0;
  }

  #backspace(): void {
    if (this.#mode === null || this.#mode === "text") return;
    this.#column = Math.max(0, this.#column - 1);
    this.#written.erase(this.#row, this.#column);
  }

  /** What rolled up is seen with what comes next: a cue of its own for the moment between would flicker. */
  #carriageReturn(): void {
    if (this.#mode !== "roll_up") return;
    this.#finishWriting();
    this.#displayed.rollUp(this.#row, this.#rollRows);
    this.#column = 0;
    this.#isItalic = false;
  }

  #flip(timeMs: number): void {
    this.#finishWriting();
    [this.#displayed, this.#loading] = [this.#loading, this.#displayed];
    this.#mode = "pop_on";
    this.#show(this.#displayed.content(), timeMs);
  }

  #finishWriting(): void {
    if (this.#writingSinceMs !== null) this.#show(this.#displayed.content(), this.#writingSinceMs);
    this.#writingSinceMs = null;
  }

  #show(content: { text: string; settings: string } | null, timeMs: number): void {
    const shown = this.#shown;
    if (shown !== null && shown.text === content?.text && shown.settings === content.settings) return;
    const startMs = Math.round(shown?.sinceMs ?? 0);
    const endMs = Math.round(timeMs);
    if (shown !== null && endMs > startMs) {
      this.cues.push({ startMs, endMs, id: null, settings: shown.settings, text: shown.text });
    }
    this.#shown = content === null ? null : { ...content, sinceMs: timeMs };
  }
}
