const FIRST_BYTES = 64 * 1_024;
const NEWLINE = 0x0a;
/** UTF-8 of a UTF-16 code unit takes no more. */
const MAX_BYTES_PER_UNIT = 3;

interface Block {
  bytes: Buffer;
  /** Where each line ends, its newline included. */
  ends: number[];
  /** Of the lines taken: the others are somebody else's. */
  from: number;
  to: number;
}

/**
 * Rows as lines of JSONCompactEachRow, kept as the bytes that are sent. Thousands of texts that wait for an insert are
 * what a garbage collector copies again and again, and joining them would copy them once more.
 */
export class RowLines implements Iterable<string> {
  readonly #blocks: Block[];
  #length: number;
  /** Written in the newest block. */
  #used = 0;

  constructor(blocks: readonly Block[] = []) {
    this.#blocks = [...blocks];
    this.#length = this.#blocks.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  static join(parts: readonly RowLines[]): RowLines {
    return new RowLines(parts.flatMap((part) => part.#blocks));
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of all lines, newlines included. */
  get byteLength(): number {
    return this.#blocks.reduce((sum, { ends, from, to }) => sum + (ends[to - 1] ?? 0) - (ends[from - 1] ?? 0), 0);
  }

  /** Bytes of each line, newline included, in order. */
  *sizes(): Generator<number> {
    for (const { ends, from, to } of this.#blocks) {
      for (let at = from; at < to; at += 1) yield (ends[at] as number) - (ends[at - 1] ?? 0); // written up to `to`
    }
  }

  /** Only on one that was made empty. */
  push(line: string): void {
    const block = this.#blockFor(line.length * MAX_BYTES_PER_UNIT + 1);
    this.#used += block.bytes.write(line, this.#used);
    block.bytes[this.#used] = NEWLINE;
    this.#used += 1;
    block.ends.push(this.#used);
    block.to += 1;
    this.#length += 1;
  }

  /** The same bytes, of rows [from, to). */
  slice(from: number, to: number = this.#length): RowLines {
    const blocks: Block[] = [];
    let first = 0;
    for (const block of this.#blocks) {
      const count = block.to - block.from;
      const [begin, end] = [Math.max(from - first, 0), Math.min(to - first, count)];
      if (begin < end) blocks.push({ ...block, from: block.from + begin, to: block.from + end });
      first += count;
    }
    return new RowLines(blocks);
  }

  /** All lines, in order. */
  bytes(): Buffer[] {
    return this.#blocks.map(({ bytes, ends, from, to }) => bytes.subarray(ends[from - 1] ?? 0, ends[to - 1] ?? 0));
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const { bytes, ends, from, to } of this.#blocks) {
      for (let at = from; at < to; at += 1) yield bytes.toString("utf8", ends[at - 1] ?? 0, (ends[at] ?? 1) - 1);
    }
  }

  #blockFor(bytes: number): Block {
    const newest = this.#blocks[this.#blocks.length - 1];
    if (newest !== undefined && this.#used + bytes <= newest.bytes.length) return newest;
    const size = Math.max(bytes, FIRST_BYTES, (newest?.bytes.length ?? 0) * 2);
    const block: Block = { bytes: Buffer.allocUnsafeSlow(size), ends: [], from: 0, to: 0 };
    this.#blocks.push(block);
    this.#used = 0;
    return block;
  }
}
