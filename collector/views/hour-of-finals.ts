/** Words of an entry: two and a half of the key's hash, one and a half of the first arrival. */
const WORDS = 4;
export const ENTRY_BYTES = WORDS * 4;
/** Of the third word: the upper bits hold the time's, the lower ones the hash's. */
const TIME_BITS = 12;
const HASH_MASK = 0xffffffff >>> TIME_BITS;
const UINT32 = 0x1_0000_0000;
const SMALLEST = 64;

/** 84 bits of a cryptographic hash: nobody finds two views that share them, by accident or on purpose. */
export type KeyHash = readonly [number, number, number];

/**
 * The views that became final within one hour: hash of the key → first arrival, 16 bytes each in the order of coming,
 * and an index of 4 bytes by hash. A tenth of what a `Map` of texts takes: a day of a busy site has millions.
 */
export class HourOfFinals {
  #entries = new Uint32Array(SMALLEST * WORDS);
  /** Position of an entry plus one, by hash with linear probing; 0 is free. Always less than two thirds full. */
  #index = new Uint32Array(SMALLEST * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** First arrival, Unix milliseconds; null for a view that is not here. */
  find(hash: KeyHash): number | null {
    const at = this.#index[this.#slotOf(hash)] as number;
    return at === 0 ? null : this.#timeAt((at - 1) * WORDS);
  }

  /** Adds a view; one that is here keeps its first arrival. */
  add(hash: KeyHash, firstSeenMs: number): void {
    const slot = this.#slotOf(hash);
    if (this.#index[slot] !== 0) return;
    if ((this.#size + 1) * WORDS > this.#entries.length) this.#entries = grown(this.#entries, this.#size);
    const at = this.#size * WORDS;
    const timeMs = Math.max(0, Math.floor(firstSeenMs));
    this.#entries[at] = hash[0];
    this.#entries[at + 1] = hash[1];
    this.#entries[at + 2] = ((Math.floor(timeMs / UINT32) << (32 - TIME_BITS)) | (hash[2] & HASH_MASK)) >>> 0;
    this.#entries[at + 3] = timeMs % UINT32;
    this.#size += 1;
    this.#index[slot] = this.#size;
    if (this.#size * 3 > this.#index.length * 2) this.#reindex();
  }

  /** Entries from number `from` on as bytes, a copy; {@link load} takes them in. */
  bytes(from: number, to = this.#size): Buffer {
    const { buffer } = this.#entries;
    return Buffer.from(Buffer.from(buffer, from * ENTRY_BYTES, (to - from) * ENTRY_BYTES));
  }

  load(bytes: Buffer): void {
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const third = bytes.readUInt32LE(at + 8);
      const hash: KeyHash = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), third & HASH_MASK];
      this.add(hash, (third >>> (32 - TIME_BITS)) * UINT32 + bytes.readUInt32LE(at + 12));
    }
  }

  #timeAt(at: number): number {
    const high = (this.#entries[at + 2] as number) >>> (32 - TIME_BITS);
    return high * UINT32 + (this.#entries[at + 3] as number);
  }

  /** Where the hash stands in the index, or the free place where it would. */
  #slotOf(hash: KeyHash): number {
    const [first, second, third] = hash;
    const mask = this.#index.length - 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#index[slot] as number;
      if (entry === 0) return slot;
      const at = (entry - 1) * WORDS;
      const isIt =
        this.#entries[at] === first &&
        this.#entries[at + 1] === second &&
        ((this.#entries[at + 2] as number) & HASH_MASK) === (third & HASH_MASK);
      if (isIt) return slot;
    }
  }

  #reindex(): void {
    const index = new Uint32Array(this.#index.length * 2);
    const mask = index.length - 1;
    for (let entry = 1; entry <= this.#size; entry += 1) {
      let slot = (this.#entries[(entry - 1) * WORDS] as number) & mask;
      while (index[slot] !== 0) slot = (slot + 1) & mask;
      index[slot] = entry;
    }
    this.#index = index;
  }
}

function grown(entries: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.ceil((size * 3) / 2) * WORDS);
  larger.set(entries);
  return larger;
}
