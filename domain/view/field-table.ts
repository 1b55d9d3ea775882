import type { FieldValue } from "../wire/decode-events.ts";
import { fieldName, fieldNumber } from "./field-names.ts";

/** Value of a field and the event that wrote it. */
export type FieldEntry = readonly [sequence: number, value: FieldValue];

/** With all texts as long as may be, a view still fits into one record of a checkpoint; the first of the alphabet stay. */
export const MAX_FIELDS = 512;

/** Cells of one field: the number of its name, the sequence number of its writer, its value. */
const CELLS = 3;

/**
 * Fields of one view by name. A view has about 90 of them and 20,000 views are open at once, so they stand side by side in one
 * array, in order of the numbers of their names: a third of what a map of entries takes.
 */
export class FieldTable {
  readonly cells: FieldValue[] = [];
  /** Fields whose names have no number. */
  others: Map<string, FieldEntry> | null = null;
  /** All names, sorted; null while there is room for more. Nobody but a sender of invented names fills a table. */
  #full: string[] | null = null;

  static from(entries: Iterable<readonly [name: string, entry: FieldEntry]>): FieldTable {
    const table = new FieldTable();
    for (const [name, [sequence, value]] of entries) table.writeNewest(fieldNumber(name), name, sequence, value);
    return table;
  }

  get size(): number {
    return this.cells.length / CELLS + (this.others?.size ?? 0);
  }

  /** Undefined when it was never told. */
  value(name: string): FieldValue | undefined {
    const number = fieldNumber(name);
    if (number < 0) return this.others?.get(name)?.[1];
    const at = this.#place(number);
    return this.cells[at] === number ? this.cells[at + 2] : undefined;
  }

  /**
   * Keeps the value of the highest sequence number, and of {@link MAX_FIELDS} names, whatever the order of writing.
   *
   * @param number of the name (`fieldNumber`)
   */
  writeNewest(number: number, name: string, sequence: number, value: FieldValue): void {
    if (number < 0) {
      const known = this.others?.get(name);
      if (known === undefined ? this.#makeRoom(name) : known[0] <= sequence) this.#writeOther(name, sequence, value);
      return;
    }
    const at = this.#place(number);
    if (this.cells[at] !== number) {
      if (this.#makeRoom(name)) this.#insert(this.#full === null ? at : this.#place(number), number, sequence, value);
    } else if ((this.cells[at + 1] as number) <= sequence) {
      this.cells[at + 1] = sequence;
      this.cells[at + 2] = value;
    }
  }

  /** Keeps the value of the lowest sequence number. */
  writeFirst(number: number, name: string, sequence: number, value: FieldValue): void {
    if (number < 0) {
      const known = this.others?.get(name);
      if (known === undefined || known[0] > sequence) this.#writeOther(name, sequence, value);
      return;
    }
    const at = this.#place(number);
    if (this.cells[at] !== number) this.#insert(at, number, sequence, value);
    else if ((this.cells[at + 1] as number) > sequence) {
      this.cells[at + 1] = sequence;
      this.cells[at + 2] = value;
    }
  }

  *[Symbol.iterator](): Generator<[name: string, entry: FieldEntry]> {
    for (let at = 0; at < this.cells.length; at += CELLS) {
      yield [fieldName(this.cells[at] as number), [this.cells[at + 1] as number, this.cells[at + 2] as FieldValue]];
    }
    if (this.others !== null) yield* this.others;
  }

  /** False where the table is full and the name comes behind all that it holds; else the last of these gives way. */
  #makeRoom(name: string): boolean {
    if (this.size < MAX_FIELDS) return true;
    this.#full ??= Array.from(this, ([held]) => held).sort(compareNames);
    const names = this.#full;
    const last = names[names.length - 1] as string;
    if (name > last) return false;
    names.pop();
    this.#remove(last);
    let [low, high] = [0, names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((names[middle] as string) < name) low = middle + 1;
      else high = middle;
    }
    names.splice(low, 0, name);
    return true;
  }

  #remove(name: string): void {
    if (this.others?.delete(name)) return;
    this.cells.splice(this.#place(fieldNumber(name)), CELLS);
  }

  #writeOther(name: string, sequence: number, value: FieldValue): void {
    this.others ??= new Map();
    this.others.set(name, [sequence, value]);
  }

  /** Names are numbered in the order in which events bring them, so that most go to the end. */
  #insert(at: number, number: number, sequence: number, value: FieldValue): void {
    const { cells } = this;
    let to = cells.length;
    cells.push(number, sequence, value);
    for (; to > at; to -= CELLS) {
      cells[to] = cells[to - CELLS] as FieldValue;
      cells[to + 1] = cells[to - CELLS + 1] as FieldValue;
      cells[to + 2] = cells[to - CELLS + 2] as FieldValue;
    }
    cells[at] = number;
    cells[at + 1] = sequence;
    cells[at + 2] = value;
  }

  /** Where the field's cells are, or would be. */
  #place(number: number): number {
    const { cells } = this;
    let low = 0;
    let high = cells.length / CELLS;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cells[middle * CELLS] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low * CELLS;
  }
}

/** As texts are compared with `<`, whatever the language. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : 1;
}
